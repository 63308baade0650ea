/* SPDX-License-Identifier: Apache-2.0
 *
 * change.h: what became of a function, as a row of a comparison says it.
 */
#ifndef CODESNAP_CHANGE_H
#define CODESNAP_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "launcher/diff/match.h"
#include "launcher/diff/noise.h"

enum change_kind {
    CHANGE_NEW,
    CHANGE_GONE,
    CHANGE_SLOWER, /* each call, by more than noise */
    CHANGE_FASTER,
    CHANGE_MORE_CALLS, /* and each call as before */
    CHANGE_FEWER_CALLS,
    CHANGE_NOISE,
    CHANGE_SMALL,  /* of the whole recording */
    CHANGE_SINGLE, /* one call has no spread: nobody knows */
    CHANGE_KINDS
};

/* Of one measure, the self or the total time. */
struct change {
    enum change_kind kind;
    int64_t ns;       /* after, less before */
    int64_t calls_ns; /* of that by their number */
    int64_t each_ns;  /* and by what each takes */
    double each;      /* the mean's: 0.5 is half as long again */
    bool typical;     /* each is a typical call's, since the mean can't tell */
};

/* What all changes are measured by. */
struct change_scale {
    struct machine machine;
    uint64_t small_ns; /* less than this is small */
};

struct change_scale change_scale(const struct pair *pairs, uint32_t count,
                                 const struct ledger ledgers[SIDES]);

struct change change_of_self(const struct pair *pair,
                             const struct change_scale *scale);
struct change change_of_total(const struct pair *pair,
                              const struct change_scale *scale);

/* It says nothing of the program: noise, or small. */
bool change_is_pale(enum change_kind kind);

/* "slower", as JSON has it. */
const char *change_name(enum change_kind kind);

#endif
