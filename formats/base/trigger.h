/* SPDX-License-Identifier: Apache-2.0
 *
 * trigger.h: what makes a snapshot, as the user says it.  Allocates nothing.
 *
 *     PATTERN>DURATION    a call of a Python function that matches takes longer
 *     exception           nobody catches one, and a thread or the program ends
 *     exception:TYPE      one of that type, or of one derived from it, leaves a
 *                         Python function
 *     gc>DURATION         a collection takes longer
 */
#ifndef CODESNAP_TRIGGER_H
#define CODESNAP_TRIGGER_H

#include <stdbool.h>
#include <stddef.h>

#include "formats/base/pattern.h"

enum trigger_kind {
    TRIGGER_NONE, /* it is no trigger */
    TRIGGER_CALL,
    TRIGGER_EXCEPTION,
    TRIGGER_COLLECTION
};

enum {
    TRIGGERS_MOST = 15,      /* in one list */
    TRIGGER_TEXT_MOST = 200, /* bytes of one */
    TRIGGER_LABEL_ROOM = 48
};

struct trigger {
    enum trigger_kind kind;
    struct span_of_text text;
    struct span_of_text what; /* the pattern, or the type; may be empty */
    uint64_t ns;              /* longer than this */
};

/* Read one.  0; or -1 with kind TRIGGER_NONE. */
int trigger_read(struct span_of_text text, struct trigger *trigger);
/* Why it is none, to be said behind it: "needs ..."; NULL: it is one. */
const char *trigger_fault(struct span_of_text text);

/* Of its text a part of a file's name: "app.handle-50ms". */
void trigger_label(const char *text, char label[TRIGGER_LABEL_ROOM]);

#endif
