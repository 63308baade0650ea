/* SPDX-License-Identifier: Apache-2.0
 *
 * match.c: in three passes, each looser than the one before.  In a pass the
 * functions that are left are sorted by its key, and those of one key belong
 * together: as many on both sides one by one in the order of their lines, else
 * all of them in one pair.
 */
#include "launcher/diff/match.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/text.h"

enum pass {
    SAME_PATH,   /* name, module and path */
    SAME_MODULE, /* name, module and the file's name */
    SAME_FILE,   /* name and the file's name */
    PASSES
};

struct candidate {
    const struct ledger *ledger;
    const struct ledger_entry *entry;
    int side;
    bool matched;
};

struct matching {
    enum pass pass;
    struct candidate *list;
    uint32_t count;
    struct pair *pairs;
    uint32_t pair_count;
};

/* == KEYS ================================================================== */

static const char *
file_of(const struct candidate *candidate)
{
    return ledger_text(candidate->ledger, candidate->entry->file);
}

/* The file's name; every package has an __init__.py, so with its folder. */
static const char *
place_of(const char *file)
{
    const char *base = text_base(file);
    if (base == file ||
        (strcmp(base, "__init__.py") != 0 && strcmp(base, "__main__.py") != 0))
        return base;
    for (base--; base > file && base[-1] != '/'; base--) {}
    return base;
}

static int
compare_texts(const struct candidate *a, const struct candidate *b,
              uint32_t of_a, uint32_t of_b)
{
    return strcmp(ledger_text(a->ledger, of_a), ledger_text(b->ledger, of_b));
}

static int
compare_keys(const struct candidate *a, const struct candidate *b,
             enum pass pass)
{
    int order =
        compare_texts(a, b, a->entry->qualified_name, b->entry->qualified_name);
    if (!order && pass != SAME_FILE)
        order = compare_texts(a, b, a->entry->module, b->entry->module);
    if (!order && pass == SAME_PATH)
        order = strcmp(file_of(a), file_of(b));
    if (!order && pass != SAME_PATH)
        order = strcmp(place_of(file_of(a)), place_of(file_of(b)));
    return order;
}

static int
compare(const void *a, const void *b, void *context)
{
    const struct candidate *x = a, *y = b;
    if (x->matched != y->matched)
        return x->matched - y->matched;
    int order = compare_keys(x, y, *(const enum pass *)context);
    if (!order)
        order = x->side - y->side;
    if (!order)
        order = strcmp(file_of(x), file_of(y));
    if (!order)
        order = (x->entry->line > y->entry->line) -
                (x->entry->line < y->entry->line);
    return order ? order : (x->entry > y->entry) - (x->entry < y->entry);
}

/* == GROUPS ================================================================ */

static void
add(struct pair *pair, struct candidate *candidate)
{
    int side = candidate->side;
    sums_add(&pair->sums[side], &candidate->entry->sums);
    if (!pair->entry || (side == AFTER && pair->functions[AFTER] == 0)) {
        pair->entry = candidate->entry;
        pair->ledger = candidate->ledger;
    }
    pair->functions[side]++;
    candidate->matched = true;
}

/* Of files that only have the same name, one on each side. */
static bool
is_sure(const struct matching *matching, const struct candidate *first,
        uint32_t before, uint32_t after)
{
    if (matching->pass != SAME_FILE)
        return true;
    return *file_of(first) &&
           strcmp(file_of(first), file_of(first + before - 1)) == 0 &&
           strcmp(file_of(first + before),
                  file_of(first + before + after - 1)) == 0;
}

/* The functions of one key: those of BEFORE, then those of AFTER. */
static void
match_group(struct matching *matching, struct candidate *first, uint32_t before,
            uint32_t after)
{
    if (before == 0 || after == 0 || !is_sure(matching, first, before, after))
        return;
    for (uint32_t i = 0; before == after && i < before; i++) {
        struct pair *pair = &matching->pairs[matching->pair_count++];
        add(pair, &first[i]);
        add(pair, &first[before + i]);
    }
    if (before == after)
        return;
    struct pair *pair = &matching->pairs[matching->pair_count++];
    for (uint32_t i = 0; i < before + after; i++)
        add(pair, &first[i]);
}

static void
match_pass(struct matching *matching, enum pass pass)
{
    struct candidate *list = matching->list;
    matching->pass = pass;
    qsort_r(list, matching->count, sizeof *list, compare, &matching->pass);
    for (uint32_t i = 0, end; i < matching->count && !list[i].matched;
         i = end) {
        uint32_t before = 0;
        for (end = i; end < matching->count && !list[end].matched &&
                      compare_keys(&list[i], &list[end], pass) == 0;
             end++)
            before += list[end].side == BEFORE;
        match_group(matching, &list[i], before, end - i - before);
    }
}

/* == ALL =================================================================== */

static void
fill(struct matching *matching, const struct ledger ledgers[SIDES])
{
    for (int side = BEFORE; side < SIDES; side++)
        for (uint32_t i = 0; i < ledgers[side].head.count; i++)
            matching->list[matching->count++] = (struct candidate){
                .ledger = &ledgers[side],
                .entry = &ledgers[side].entries[i],
                .side = side,
            };
}

struct pair *
match(const struct ledger ledgers[SIDES], uint32_t *count)
{
    size_t all =
        (size_t)ledgers[BEFORE].head.count + ledgers[AFTER].head.count + 1;
    struct matching matching = {
        .list = calloc(all, sizeof *matching.list),
        .pairs = calloc(all, sizeof *matching.pairs),
    };
    if (matching.list && matching.pairs) {
        fill(&matching, ledgers);
        for (int pass = SAME_PATH; pass < PASSES; pass++)
            match_pass(&matching, (enum pass)pass);
        for (uint32_t i = 0; i < matching.count; i++)
            if (!matching.list[i].matched)
                add(&matching.pairs[matching.pair_count++], &matching.list[i]);
    } else {
        free(matching.pairs);
        matching.pairs = NULL;
    }
    free(matching.list);
    *count = matching.pair_count;
    return matching.pairs;
}
