/* SPDX-License-Identifier: Apache-2.0
 *
 * index.c: the first step of opening a trace.  Walks all spools once and
 * leaves the boots, with their clock pairs, and the chunks, sorted by process,
 * track and sequence.  See archive.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "formats/reader/archive.h"

/* A chunk's base and its clock are read together. */
#define BASE_TOLERANCE (1ull << 40)

/* == BOOTS ================================================================== */

/* The earliest instant seen of a boot joins it to the others, for each kind of
 * clock the same one. */
static void
note_instant(struct archive *archive, const char *id, struct spool_clock clock)
{
    for (uint32_t i = 0; i < archive->boot_count; i++) {
        struct boot *boot = &archive->boots[i];
        if (memcmp(boot->id, id, sizeof boot->id) == 0 &&
            (clock.monotonic_ns < boot->monotonic_ns ||
             boot->monotonic_ns == 0)) {
            boot->monotonic_ns = clock.monotonic_ns;
            boot->realtime_ns = clock.realtime_ns;
        }
    }
}

static struct boot *
find_boot(struct archive *archive, const char *id, uint32_t clock_kind)
{
    for (uint32_t i = 0; i < archive->boot_count; i++) {
        struct boot *boot = &archive->boots[i];
        if (memcmp(boot->id, id, sizeof boot->id) == 0 &&
            boot->clock_kind == clock_kind)
            return boot;
    }
    return NULL;
}

static struct boot *
add_boot(struct archive *archive, const char *id, uint32_t clock_kind)
{
    struct boot *known = find_boot(archive, id, clock_kind);
    if (known != NULL)
        return known;
    size_t count = archive->boot_count + 1;
    struct boot *boots = realloc(archive->boots, count * sizeof *boots);
    if (boots == NULL)
        return NULL;
    archive->boots = boots;
    struct boot *boot = &boots[archive->boot_count++];
    memset(boot, 0, sizeof *boot);
    memcpy(boot->id, id, sizeof boot->id);
    boot->clock_kind = clock_kind;
    return boot;
}

static int
add_session(struct archive *archive, const struct source *source)
{
    const struct session_file *session = &source->session;
    if (!source->has_session)
        return 0;
    struct boot *boot =
        find_boot(archive, session->boot_id, session->clock_kind);
    note_instant(archive, session->boot_id, session->begin);
    if (boot == NULL)
        return 0;
    if (clockfit_add(&boot->pairs, session->begin) != 0)
        return -1;
    return clockfit_add(&boot->pairs, session->end);
}

/* == CHUNKS ================================================================= */

static struct chunk *
new_chunk(struct archive *archive)
{
    if (archive->chunk_count == archive->chunk_room) {
        size_t room = archive->chunk_room == 0 ? 256 : archive->chunk_room * 2;
        struct chunk *chunks = realloc(archive->chunks, room * sizeof *chunks);
        if (chunks == NULL)
            return NULL;
        archive->chunks = chunks;
        archive->chunk_room = room;
    }
    return &archive->chunks[archive->chunk_count++];
}

static uint64_t
sensible_base(const struct spool_chunk *raw)
{
    uint64_t far = raw->base_ticks - raw->clock.ticks + BASE_TOLERANCE;
    if (raw->clock.ticks == 0 || far < 2 * BASE_TOLERANCE)
        return raw->base_ticks;
    return raw->clock.ticks;
}

static int
add_chunk(struct archive *archive, const struct spool_chunk *raw,
          uint32_t spool, uint32_t boot)
{
    struct chunk *chunk = new_chunk(archive);
    if (chunk == NULL)
        return -1;
    memset(chunk, 0, sizeof *chunk);
    chunk->process_start_ns = raw->process_start_ns;
    chunk->track = raw->kind == SPOOL_META ? 0 : raw->track;
    chunk->sequence = raw->sequence;
    chunk->generation = raw->generation;
    chunk->blocks_end = UINT64_MAX;
    chunk->encoding = raw->encoding;
    chunk->offset = raw->offset;
    chunk->base_ticks = sensible_base(raw);
    chunk->clock_ns = raw->clock.monotonic_ns;
    chunk->size_bytes = raw->size_bytes;
    chunk->pid = raw->pid;
    chunk->tid = raw->tid;
    chunk->interpreter = raw->interpreter;
    chunk->boot = boot;
    chunk->spool = spool;
    archive->trace.spool_bytes += raw->size_bytes;
    return 0;
}

static int
add_pairs(struct boot *boot, const struct spool_chunk *raw)
{
    if (clockfit_add(&boot->pairs, raw->clock) != 0)
        return -1;
    if (raw->latest_count == 0)
        return 0;
    return clockfit_add(&boot->pairs, raw->latest[(raw->latest_count - 1) & 1]);
}

static int
take_chunk(struct archive *archive, const struct spool_chunk *raw,
           uint32_t spool, struct boot *boot)
{
    if (add_pairs(boot, raw) != 0)
        return -1;
    bool readable = raw->kind == SPOOL_META ||
                    (raw->encoding <= SPOOL_WINDOW && raw->track != 0);
    if (readable)
        return add_chunk(archive, raw, spool,
                         (uint32_t)(boot - archive->boots));
    archive->trace.damaged_bytes += raw->size_bytes;
    return 0;
}

static int
decoder_spool(struct archive *archive, struct spoolfile *file, uint32_t spool)
{
    const struct spool_header *header = &file->header;
    struct boot *boot = add_boot(archive, header->boot_id, header->clock_kind);
    struct spoolfile windows;
    struct spool_chunk raw;
    int found;
    if (boot == NULL || clockfit_add(&boot->pairs, header->clock) != 0 ||
        live_open_windows(archive, spool, &windows) != 0)
        return -1;
    note_instant(archive, header->boot_id, header->clock);
    archive->spools[spool].dropped_ticks = header->dropped_ticks;
    while ((found = spoolfile_next(file, &raw)) > 0) {
        int there = live_take_window(&windows, &raw);
        if (there < 0 || (there && take_chunk(archive, &raw, spool, boot) != 0))
            return -1;
    }
    archive->trace.damaged_bytes += file->damaged_bytes;
    return found;
}

/* A file that is not a spool is passed over, and one of a ring that is gone by now;
 * one that can't be read is not. */
static int
add_spool(struct archive *archive, uint32_t spool)
{
    struct spoolfile file;
    if (archive_open_spool(archive, spool, &file) != 0) {
        if (errno == ENOENT)
            return 0;
        if (errno != EINVAL)
            return -1;
        archive->trace.damaged_bytes += sizeof(struct spool_header);
        return 0;
    }
    int result = decoder_spool(archive, &file, spool);
    int cause = errno;
    spoolfile_close(&file);
    errno = cause;
    return result;
}

/* == ORDER ================================================================== */

static int
compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int
compare_images(const struct chunk *a, const struct chunk *b)
{
    int order = compare_numbers(a->started, b->started);
    if (order == 0)
        order = compare_numbers(a->pid, b->pid);
    if (order == 0)
        order = compare_numbers(a->boot, b->boot);
    if (order == 0)
        order = compare_numbers(a->spool, b->spool);
    return order;
}

static int
compare_chunks(const void *a, const void *b)
{
    const struct chunk *x = a, *y = b;
    int order = compare_images(x, y);
    if (order == 0)
        order = compare_numbers(x->track, y->track);
    if (order == 0)
        order = compare_numbers(x->sequence, y->sequence);
    if (order == 0)
        order = compare_numbers(x->offset, y->offset);
    return order;
}

/* The same place in a track twice: one of the headers lies. */
static void
drop_doubles(struct archive *archive)
{
    size_t kept = 0;
    for (size_t i = 0; i < archive->chunk_count; i++) {
        const struct chunk *chunk = &archive->chunks[i];
        const struct chunk *last = &archive->chunks[kept - (kept > 0)];
        if (kept > 0 && compare_images(last, chunk) == 0 &&
            last->track == chunk->track && last->sequence == chunk->sequence)
            archive->trace.damaged_bytes += chunk->size_bytes;
        else
            archive->chunks[kept++] = *chunk;
    }
    archive->chunk_count = kept;
}

int
index_build(struct archive *archive)
{
    for (uint32_t i = 0; i < archive->spool_count; i++)
        if (add_spool(archive, i) != 0)
            return -1;
    for (uint32_t i = 0; i < archive->source_count; i++)
        if (add_session(archive, &archive->sources[i]) != 0)
            return -1;
    for (size_t i = 0; i < archive->chunk_count; i++) {
        struct chunk *chunk = &archive->chunks[i];
        const struct boot *boot = &archive->boots[chunk->boot];
        chunk->started = archive_join(boot, chunk->process_start_ns);
    }
    if (archive->chunk_count > 1)
        qsort(archive->chunks, archive->chunk_count, sizeof *archive->chunks,
              compare_chunks);
    drop_doubles(archive);
    if (live_sift(archive) != 0)
        return -1;
    ring_sift(archive);
    return 0;
}
