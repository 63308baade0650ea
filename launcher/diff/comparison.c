/* SPDX-License-Identifier: Apache-2.0
 *
 * comparison.c: see comparison.h.
 */
#include "launcher/diff/comparison.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool
comparison_is_of_total(const struct comparison *comparison)
{
    return comparison->sort[0] == 't' || comparison->sort[0] == 'm';
}

struct change
comparison_change(const struct comparison *comparison, const struct pair *pair)
{
    return comparison_is_of_total(comparison)
               ? change_of_total(pair, &comparison->scale)
               : change_of_self(pair, &comparison->scale);
}

static uint64_t
key_of(const struct sums *sums, const char *sort)
{
    switch (sort[0]) {
    case 't': return sums->total_ns;
    case 'c': return sums->calls;
    case 'm': return sort[1] == 'e' ? sums_mean_ns(sums) : sums->max_ns;
    default: return sums->self_ns;
    }
}

static uint64_t
distance(const struct pair *pair, const char *sort)
{
    uint64_t before = key_of(&pair->sums[BEFORE], sort);
    uint64_t after = key_of(&pair->sums[AFTER], sort);
    return before < after ? after - before : before - after;
}

/* What nobody can tell from noise comes after what is a change. */
static int
rank(const struct comparison *comparison, const struct pair *pair)
{
    if (comparison->sort[0] == 'n')
        return 0;
    return change_is_pale(comparison_change(comparison, pair).kind);
}

static int
compare(const void *a, const void *b, void *context)
{
    const struct comparison *comparison = context;
    const struct pair *x = a, *y = b;
    const char *sort = comparison->sort;
    int first = rank(comparison, x), second = rank(comparison, y);
    if (first != second)
        return first - second;
    if (sort[0] != 'n') {
        uint64_t more = distance(x, sort), less = distance(y, sort);
        if (more != less)
            return more > less ? -1 : 1;
    }
    return strcmp(ledger_text(x->ledger, x->entry->name),
                  ledger_text(y->ledger, y->entry->name));
}

int
comparison_make(struct comparison *comparison)
{
    comparison->pairs = match(comparison->ledgers, &comparison->count);
    if (!comparison->pairs) {
        errno = ENOMEM;
        return -1;
    }
    comparison->scale =
        change_scale(comparison->pairs, comparison->count, comparison->ledgers);
    qsort_r(comparison->pairs, comparison->count, sizeof *comparison->pairs,
            compare, comparison);
    return 0;
}

void
comparison_free(struct comparison *comparison)
{
    free(comparison->pairs);
    comparison->pairs = NULL;
}
