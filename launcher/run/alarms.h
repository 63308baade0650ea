/* SPDX-License-Identifier: Apache-2.0
 *
 * alarms.h: which snapshots --trigger wants.  Processes of the session post what was
 * slow when it has ended; what is still open is looked at here.
 */
#ifndef CODESNAP_ALARMS_H
#define CODESNAP_ALARMS_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/base/trigger.h"
#include "formats/spool/control.h"
#include "launcher/convert/occasion.h"
#include "launcher/support/options.h"

enum {
    ALARMS_OWN = 64,   /* places for names of the program's own */
    ALARMS_TOLD = 2048 /* calls that were seen while they were open */
};

struct alarms {
    char *list; /* what the triggers' texts point into; NULL: there are none */
    struct trigger triggers[TRIGGERS_MOST];
    uint32_t count;
    uint64_t posts; /* that were looked at */
    /* CLOCK_MONOTONIC: not again before that. */
    uint64_t next_ns[TRIGGERS_MOST + ALARMS_OWN];
    struct {
        uint64_t begin_ns;
        uint32_t tid;
    } told[ALARMS_TOLD];
    uint32_t told_count;
    uint32_t left;   /* snapshots that may still be written */
    uint64_t passed; /* alarms without one */
    bool quiet;
};

/* false: there are none, and nobody asked for the program's own (codesnap.watch). */
bool alarms_begin(struct alarms *alarms, const struct options *options);
/* Is a snapshot to be written?  For what; its text goes into the file's name, cut. */
bool alarms_take(struct alarms *alarms, const struct control *control,
                 struct occasion *occasion);
/* The program has ended: say which triggers meant nothing, and what was passed. */
void alarms_end(struct alarms *alarms, const struct control *control);

#endif
