/* SPDX-License-Identifier: Apache-2.0
 *
 * finding.c: see finding.h.
 */
#include "formats/slow/finding.h"

#include <stdlib.h>
#include <string.h>

static void
add(struct finding_sums *sums, const struct cell *cell)
{
    sums->calls += (double)cell->calls;
    sums->ns += (double)cell->ns;
    sums->self_ns += (double)cell->self_ns;
    sums->raised += (double)cell->raised;
    cell_waits_add(&sums->waits, &cell->waits);
}

static int
by_callee(const void *a, const void *b)
{
    const struct cell *const *x = a, *const *y = b;
    return ((*x)->callee > (*y)->callee) - ((*x)->callee < (*y)->callee);
}

static int
by_extra(const void *a, const void *b)
{
    const struct finding_part *x = a, *y = b;
    if (x->extra_ns != y->extra_ns)
        return x->extra_ns > y->extra_ns ? -1 : 1;
    return (x->callee > y->callee) - (x->callee < y->callee);
}

/* The cells of callees, in their order. */
static const struct cell **
sort_callees(const struct cell *cells, size_t count, size_t *callees)
{
    const struct cell **list = malloc((count + 1) * sizeof *list);
    *callees = 0;
    for (size_t i = 0; list != NULL && i < count; i++)
        if (cells[i].callee != CELLS_ITSELF)
            list[(*callees)++] = &cells[i];
    if (list != NULL)
        qsort(list, *callees, sizeof *list, by_callee);
    return list;
}

static int
fill_parts(struct finding *finding, const struct cell *cells, size_t count)
{
    size_t callees;
    const struct cell **list = sort_callees(cells, count, &callees);
    finding->parts = calloc(callees + 1, sizeof *finding->parts);
    if (list == NULL || finding->parts == NULL) {
        free(list);
        return -1;
    }
    struct finding_part *part = NULL;
    for (size_t i = 0; i < callees; i++) {
        if (part == NULL || part->callee != list[i]->callee) {
            part = &finding->parts[finding->part_count++];
            part->callee = list[i]->callee;
        }
        bool slow = list[i]->bin >= finding->group.threshold;
        add(slow ? &part->slow : &part->usual, list[i]);
    }
    free(list);
    return 0;
}

static void
compare_calls(struct finding *finding)
{
    double usual = finding->usual.calls, slow = finding->slow.calls;
    finding->extra_ns = finding->slow.ns / slow - finding->usual.ns / usual;
    finding->self_extra_ns =
        finding->slow.self_ns / slow - finding->usual.self_ns / usual;
    for (uint32_t i = 0; i < finding->part_count; i++) {
        struct finding_part *part = &finding->parts[i];
        part->extra_ns = part->slow.ns / slow - part->usual.ns / usual;
    }
    qsort(finding->parts, finding->part_count, sizeof *finding->parts,
          by_extra);
}

static void
fill_bins(struct group_bins *bins, const struct cell *cells, size_t count)
{
    memset(bins, 0, sizeof *bins);
    for (size_t i = 0; i < count; i++) {
        if (cells[i].callee != CELLS_ITSELF)
            continue;
        bins->calls[cells[i].bin] = cells[i].calls;
        bins->ns[cells[i].bin] = (double)cells[i].ns;
    }
}

int
finding_make(struct finding *finding, const struct cell *cells, size_t count)
{
    struct group_bins bins;
    *finding = (struct finding){.function = cells->function};
    fill_bins(&bins, cells, count);
    if (!group_find(&bins, &finding->group))
        return 0;
    for (size_t i = 0; i < count; i++)
        if (cells[i].callee == CELLS_ITSELF) {
            if ((double)cells[i].most_ns > finding->worst_ns)
                finding->worst_ns = (double)cells[i].most_ns;
            add(cells[i].bin >= finding->group.threshold ? &finding->slow
                                                         : &finding->usual,
                &cells[i]);
        }
    if (fill_parts(finding, cells, count) != 0)
        return -1;
    compare_calls(finding);
    return 1;
}
