/* SPDX-License-Identifier: Apache-2.0
 *
 * archive.h: what is behind a struct trace.  Shared by the files that open a
 * trace (reader.c, source.c, live.c, ring.c, index.c, image.c, imagemeta.c, resolve.c) and
 * the one that reads its tracks.
 */
#ifndef CODESNAP_ARCHIVE_H
#define CODESNAP_ARCHIVE_H

#include "formats/base/amount.h"
#include "formats/decode/clockfit.h"
#include "formats/reader/loaded.h"
#include "formats/reader/names.h"
#include "formats/spool/meter.h"
#include "formats/spool/session.h"
#include "formats/spool/spoolfile.h"
#include "formats/trace/trace.h"

/* A session folder that the trace was opened from, mostly the only one. */
struct source {
    char *path;
    struct session_file session;
    bool has_session;
    struct spoolfile_names spools;
    struct meter_entry *meter; /* metered.h */
    size_t meter_count;
    uint32_t first_spool; /* their numbers in the archive begin here */
};

/* The pids of source k may have to grow by k times this, see source.c: more
 * than any pid, so that the pid can still be read from the sum. */
#define SOURCE_STRIDE 10000000u
#define SOURCE_LIMIT  200u

/* A spool, by the number that chunks and images know it by. */
struct spool_ref {
    uint32_t source;
    const char *name; /* in the source's list */
    int copy;    /* of a ring that is still written; -1: the file will do */
    int windows; /* of another spool that is; -1: they are the file's */
    uint64_t copied_ns; /* CLOCK_MONOTONIC: before they were */
    bool ring;
    struct amount last; /* how much a ring keeps */
    uint64_t dropped_ticks;
};

/* All spools of one boot with one kind of clock. */
struct boot {
    char id[40];
    uint32_t clock_kind;
    uint64_t monotonic_ns, realtime_ns; /* of one instant, to join boots */
    struct clockfit_pairs pairs;
    struct clockfit fit;
    uint64_t first_ns;    /* CLOCK_MONOTONIC of the first fitted pair */
    uint64_t limit_ticks; /* later times make no sense */
};

/* One chunk, found when the trace was opened.  Kept sorted, so that those of a
 * process, and in it those of a track, lie side by side. */
struct chunk {
    uint64_t started; /* when its process did, so that all can be ordered */
    uint64_t process_start_ns;
    uint64_t track; /* 0: meta */
    uint64_t sequence;
    uint64_t generation; /* of a window */
    uint64_t blocks_end; /* of a window: these blocks and more came later */
    uint64_t offset;
    uint64_t base_ticks;
    uint64_t clock_ns; /* CLOCK_MONOTONIC when it started */
    uint32_t size_bytes;
    uint32_t pid, tid, interpreter;
    uint32_t boot, spool;
    uint16_t encoding;
};

struct named {
    uint32_t id;
    const struct function *function;
};

struct throttled {
    uint32_t id;
    uint64_t ticks, calls_per_second;
};

/* A process image: from an exec, or a fork, to the next exec or the end. */
struct image {
    struct process process;
    const struct boot *boot;
    uint64_t start_monotonic_ns;
    uint64_t parent_start_ns;
    uint64_t end_ticks;              /* 0: it did not say END */
    uint64_t exec_start;             /* of the process, as in PROCESS */
    struct spool_meta_origin origin; /* pid 0: not told */
    struct throttled *throttled;     /* in the order of the spool */
    uint32_t throttled_count, throttled_room;
    bool waited_for; /* its status is its parent's word */
    uint32_t spool;
    const struct chunk *chunks; /* in archive.chunks, side by side */
    size_t chunk_count;
    uint32_t first_id;
    struct named *names; /* in the order of the spool, mostly by id */
    uint32_t name_count, name_room;
};

/* A parent's word of how a child ended. */
struct exit_report {
    const struct image *reporter;
    uint32_t pid;
    int wait_status;
    uint64_t monotonic_ns;
};

struct stored_track {
    struct track track;
    const struct image *image;
    const struct chunk *chunks;
    size_t chunk_count;
    uint64_t id; /* the track's number in its spool */
    bool named;
    uint64_t first_ticks, last_ticks;
    uint64_t clip_ticks; /* what lies before is not told; 0: all is */
    /* When it was read, if it ran then: what is open was so. */
    uint64_t live_ticks;
    bool plain;     /* it was read, and no call in it began unseen: */
    uint64_t words; /* that it had then */
    bool waits;     /* and there are waits in it */
    /* As counted in the trace. */
    uint64_t calls, damaged_bytes, instants, samples, exceptions, task_steps,
        metered;
    uint64_t looked_at, passed;
    uint64_t troubles[TROUBLE_KINDS];
};

struct archive {
    struct trace trace; /* first: a struct trace is one of these */
    struct source *sources;
    uint32_t source_count;
    struct spool_ref *spools; /* those of all sources, source by source */
    uint32_t spool_count;
    struct boot *boots;
    uint32_t boot_count;
    struct chunk *chunks;
    size_t chunk_count, chunk_room;
    struct exit_report *exit_reports;
    uint32_t exit_report_count, exit_report_room;
    struct names names;
    struct loaded loaded;
    const struct function *tracer, *unknown;
    const struct function
        *metered[LOAD_VALUES]; /* series, where there is any */
    /* The functions of one process by id, kept for the next track of it. */
    const struct function **table;
    uint32_t table_count;
    const struct image *table_of;
    struct process **gone; /* that fell out of a ring, whom others may name */
    uint32_t gone_count;
    uint64_t zero_ns; /* time 0, on the joined clock: see archive_ns */
    /* Where opening failed, to name the one at fault; what it doubles. */
    uint32_t failed_source, twin_source;
};

/* Where the chunk is: windows of a session that is still written are copies. */
static inline struct spoolfile *
archive_file_of(struct spoolfile *file, struct spoolfile *windows,
                const struct chunk *chunk)
{
    return chunk->encoding == SPOOL_WINDOW && windows->fd >= 0 ? windows : file;
}

static inline struct archive *
archive_of(struct trace *trace)
{
    return (struct archive *)trace;
}

static inline struct image *
image_of(struct process *process)
{
    return (struct image *)process;
}

static inline struct stored_track *
stored_track_of(struct track *track)
{
    return (struct stored_track *)track;
}

/* CLOCK_MONOTONIC of a boot on the clock that all boots share: what
 * CLOCK_REALTIME showed, had nobody set it since the boot was first seen. */
static inline uint64_t
archive_join(const struct boot *boot, uint64_t monotonic_ns)
{
    return monotonic_ns + (boot->realtime_ns - boot->monotonic_ns);
}

/* Nanoseconds since the trace's begin, not below 0. */
static inline uint64_t
archive_ns(const struct archive *archive, const struct boot *boot,
           uint64_t monotonic_ns)
{
    uint64_t joined = archive_join(boot, monotonic_ns);
    return joined > archive->zero_ns ? joined - archive->zero_ns : 0;
}

/* As spoolfile_open. */
static inline int
archive_open_spool(struct archive *archive, uint32_t number,
                   struct spoolfile *file)
{
    const struct spool_ref *spool = &archive->spools[number];
    archive->failed_source = spool->source;
    if (spool->copy >= 0)
        return spoolfile_adopt(file, spool->copy);
    return spoolfile_open(file, archive->sources[spool->source].path,
                          spool->name);
}

/* source.c: the session files, commands and spools of these folders; EEXIST
 * where two are one session.  Later on, when all images are made: the host in
 * the names of processes where there are several, and pids that no two sources
 * share. */
int source_open_all(struct archive *archive, const char *const *paths,
                    size_t count);
int source_set_apart(struct archive *archive);
void source_close_all(struct archive *archive);

/* The steps of opening, in this order; each 0, or -1 with errno. */
int index_build(struct archive *archive); /* index.c: boots, chunks */
int image_build(struct archive *archive); /* image.c: processes, names */
int track_scan(struct archive *archive);  /* trackend.c: last times */

/* live.c: copies of what processes still write.  Then, of a spool: the copy of its
 * windows, fd -1 where the file has them; for each chunk found in it, as it is to be
 * read: 1, or 0 for a window that was not there yet, or -1.  At last all tracks, and
 * all blocks of the others, that came later are left out.  0, or -1 with errno. */
int live_copy_all(struct archive *archive);
void live_close_all(struct archive *archive);
int live_open_windows(struct archive *archive, uint32_t spool,
                      struct spoolfile *windows);
int live_take_window(struct spoolfile *windows, struct spool_chunk *chunk);
int live_sift(struct archive *archive);

/* ring.c: of the chunks of rings, those that are still meant; and what lies before
 * their windows is cut off, when the tracks' ends are known.  0, or -1 with errno. */
void ring_sift(struct archive *archive);
int ring_clip(struct archive *archive);

/* track.c: as track_read. */
int archive_read_track(struct trace *trace, struct track *track,
                       const struct track_visitor *visitor, void *context);

/* resolve.c: the images that the others were forked from; then the functions
 * of an image by id, its parents' included, as archive.table.  The latter
 * returns 0, or -1 without memory. */
void resolve_parents(struct archive *archive);
int resolve_ids(struct archive *archive, const struct image *image);

/* family.c: origins and statuses, when all times are known.  0, or -1 without
 * memory. */
int family_resolve(struct archive *archive);

#endif
