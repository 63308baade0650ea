/* SPDX-License-Identifier: Apache-2.0
 *
 * comparison.h: two recordings and all rows of what became of their functions, in
 * the order that is wished; printed as a table or as JSON.
 */
#ifndef CODESNAP_COMPARISON_H
#define CODESNAP_COMPARISON_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/base/sink.h"
#include "launcher/diff/change.h"
#include "launcher/diff/condition.h"
#include "launcher/diff/ledger.h"

struct comparison {
    const struct ledger *ledgers; /* SIDES of them */
    const char *names[SIDES];     /* of the recordings */
    const struct conditions *conditions;
    struct pair *pairs;
    uint32_t count;
    struct change_scale scale;
    const char *sort; /* a value of --sort */
    bool limited;     /* the user said how many rows: */
    uint64_t limit;   /* 0: all */
};

/* From the ledgers, names, conditions, sort and limit that are in it.  0, or -1
 * with errno.  comparison_free is for both cases. */
int comparison_make(struct comparison *comparison);
void comparison_free(struct comparison *comparison);

/* What the order is about: the total time, or else the self time. */
bool comparison_is_of_total(const struct comparison *comparison);
struct change comparison_change(const struct comparison *comparison,
                                const struct pair *pair);

void comparison_put_table(const struct comparison *comparison,
                          struct sink *sink);
void comparison_put_json(const struct comparison *comparison,
                         struct sink *sink);

#endif
