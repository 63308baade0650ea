/* SPDX-License-Identifier: Apache-2.0
 *
 * match.h: which function of one recording is which of the other, though lines
 * have moved and folders have other names.  share/doc/diff.md tells the rule.
 */
#ifndef CODESNAP_MATCH_H
#define CODESNAP_MATCH_H

#include <stdint.h>

#include "launcher/diff/ledger.h"

enum {
    BEFORE,
    AFTER,
    SIDES
};

/* A function, or several that can't be told apart, in both recordings. */
struct pair {
    struct sums sums[SIDES];
    uint32_t functions[SIDES]; /* so many; 0: not there */
    const struct ledger *ledger;
    const struct ledger_entry
        *entry; /* the first one, of AFTER if it is there */
};

/* All of them, in no order, to be freed; NULL without memory. */
struct pair *match(const struct ledger ledgers[SIDES], uint32_t *count);

#endif
