/* SPDX-License-Identifier: Apache-2.0
 *
 * resolve.c: which image was forked from which, and, by that, what a function
 * id means in each.  See archive.h.
 */
#include <stdlib.h>

#include "formats/reader/archive.h"

/* == WHO FORKED WHOM ======================================================== */

/* A forked image writes into its parent's spool, where no other process can
 * have the parent's pid and start. */
static struct image *
find_parent(struct archive *archive, const struct image *child)
{
    struct trace *trace = &archive->trace;
    uint32_t pid = child->process.parent_pid;
    uint64_t started = archive_join(child->boot, child->parent_start_ns);
    uint32_t low = 0, high = trace->process_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct image *image = image_of(trace->processes[middle]);
        if (archive_join(image->boot, image->start_monotonic_ns) < started)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < trace->process_count; low++) {
        struct image *image = image_of(trace->processes[low]);
        if (archive_join(image->boot, image->start_monotonic_ns) != started)
            break;
        if (image->process.pid == pid && image->spool == child->spool)
            return image;
    }
    return NULL;
}

/* A parent comes before its child, so that no circle can arise. */
void
resolve_parents(struct archive *archive)
{
    struct trace *trace = &archive->trace;
    for (uint32_t i = 0; i < trace->process_count; i++) {
        struct image *image = image_of(trace->processes[i]);
        if (!image->process.forked)
            continue;
        struct image *parent = find_parent(archive, image);
        if (parent != NULL && parent->process.number < i)
            image->process.forked_from = &parent->process;
    }
}

/* == FUNCTION IDS =========================================================== */

static uint32_t
highest_id(const struct image *image)
{
    uint32_t highest = 0;
    for (; image != NULL;
         image = (const struct image *)image->process.forked_from)
        for (size_t i = 0; i < image->name_count; i++)
            if (image->names[i].id > highest)
                highest = image->names[i].id;
    return highest;
}

/* An image's own ids begin at first_id; those below are its parent's, unless
 * the parent named them only after the fork. */
static void
fill_table(struct archive *archive, const struct image *image)
{
    uint32_t limit = archive->table_count;
    while (image != NULL) {
        for (size_t i = 0; i < image->name_count; i++)
            if (image->names[i].id < limit)
                archive->table[image->names[i].id] = image->names[i].function;
        if (image->process.forked && image->first_id < limit)
            limit = image->first_id;
        image = (const struct image *)image->process.forked_from;
    }
}

int
resolve_ids(struct archive *archive, const struct image *image)
{
    if (archive->table_of == image)
        return 0;
    uint32_t count = highest_id(image) + 1;
    void *table = realloc(archive->table, count * sizeof *archive->table);
    archive->table_of = NULL;
    if (table == NULL)
        return -1;
    archive->table = table;
    archive->table_count = count;
    for (uint32_t i = 0; i < count; i++)
        archive->table[i] = archive->unknown;
    fill_table(archive, image);
    archive->table_of = image;
    return 0;
}
