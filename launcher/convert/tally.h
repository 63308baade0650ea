/* SPDX-License-Identifier: Apache-2.0
 *
 * tally.h: how much of a trace the options leave, counted on its way into a
 * format, whichever it is, since only there it is known.
 */
#ifndef CODESNAP_TALLY_H
#define CODESNAP_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/format.h"

struct tally {
    bool nothing;    /* all was read, and nothing went into the format */
    uint64_t things; /* spans, instants, values of counters */
    uint64_t calls;  /* as in struct trace */
    uint64_t from_ns, to_ns;
    uint32_t processes, tracks; /* that have some of these */
    uint32_t greenlets;         /* of the tracks */
    uint32_t tracks_read;       /* the others were passed over */
};

/* The format that does what this one does, and counts; one at a time.  One
 * into which nothing goes writes nothing: format_convert fails. */
const struct format *tally_watch(const struct format *format);
/* What has been counted; NULL where nothing was watched: all went in. */
const struct tally *tally_now(void);

/* How many calls there are in all; 0: not known, since tracks were passed
 * over, or steps of generators may be among those counted. */
uint64_t tally_all_calls(const struct tally *tally, const struct trace *trace);

#endif
