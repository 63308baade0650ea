/* SPDX-License-Identifier: Apache-2.0
 *
 * lifecycle.c: who an image is, and how it came, is announced in the first chunk,
 * and what is filled in later is secured there.
 */
#include "agent/track/lifecycle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/base/process.h"
#include "agent/base/usage.h"
#include "agent/store/entry.h"
#include "agent/store/orders.h"
#include "agent/store/ring.h"
#include "agent/store/spool.h"
#include "agent/store/status.h"
#include "agent/track/offcpu.h"
#include "agent/track/origin.h"
#include "agent/track/thread.h"
#include "agent/track/threads.h"
#include "formats/spool/clock.h"

/* Too large for the stack that a forked child may be on. */
static struct {
    bool childless; /* forked children are not recorded */
    char interpreter[64];
    char executable[4096];
    char arguments[4096];
    uint32_t argument_bytes;
    char directory[4096];
} announced;

/* == IDENTITY ============================================================= */

static uint32_t
read_file(const char *path, char *bytes, uint32_t room)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t got = read(fd, bytes, room);
    close(fd);
    return got > 0 ? (uint32_t)got : 0;
}

static struct text
read_link(const char *path, char *bytes, size_t room)
{
    ssize_t got = readlink(path, bytes, room);
    return (struct text){bytes, got > 0 ? (uint32_t)got : 0};
}

/* == ANNOUNCING =========================================================== */

/* A note whose count grows in place: where that lies, or NULL. */
static uint64_t *
append_count(enum spool_note code, const char *text)
{
    char *note = entry_append_note(code, 0, text);
    size_t at = offsetof(struct spool_meta_note, count);
    return note ? (uint64_t *)(void *)(note + at) : NULL;
}

/* What is to be filled in later is secured now, in the first chunk. */
static int
append_blanks(void)
{
    struct process_counts counts = {
        append_count(SPOOL_NOTE_LOST, "events that could not be recorded"),
        append_count(SPOOL_NOTE_UNTRACED, "programs that were kept from us"),
    };
    process_count_in(counts);
    int status = status_begin();
    return counts.lost && counts.untraced ? status : -1;
}

static int
announce(enum spool_process_how how, struct process_identity parent,
         const struct spool_meta_origin *origin)
{
    struct spool_meta_process entry = {.meta.type = SPOOL_META_PROCESS,
                                       .pid = process.pid,
                                       .parent_pid = (uint32_t)getppid(),
                                       .start_ns = process.start_ns,
                                       .parent_start_ns = parent.start_ns,
                                       .start_ticks =
                                           clock_ticks(spool_clock_kind),
                                       .first_id = entry_first_id(),
                                       .how = how,
                                       .exec_start = process_exec_start()};
    if (how == SPOOL_FORKED)
        entry.parent_pid = parent.pid;
    struct text texts[4] = {
        read_link("/proc/self/exe", announced.executable,
                  sizeof announced.executable),
        {announced.arguments, announced.argument_bytes},
        {announced.interpreter, (uint32_t)strlen(announced.interpreter)},
        read_link("/proc/self/cwd", announced.directory,
                  sizeof announced.directory),
    };
    if (!entry_append(&entry.meta, sizeof entry, texts, 4))
        return -1;
    if (append_blanks() < 0)
        return -1;
    entry_repeat_lasting_notes();
    entry_repeat_functions();
    return !origin || entry_append(&origin->meta, sizeof *origin, NULL, 0) ? 0
                                                                           : -1;
}

/* == FORKS ================================================================ */

static void
note_fork(void)
{
    if (thread_own)
        thread_own->fork_ticks = clock_ticks(spool_clock_kind);
}

static void
wipe_cursor(void)
{
    if (thread_own)
        memset(&thread_own->cursor, 0, sizeof thread_own->cursor);
}

/* An image that is not recorded. */
static void
stand_down(void)
{
    process_revive();
    process_break(0);
    threads_forget_others();
}

static void
adopt(void)
{
    struct process_identity parent = process;
    struct spool_meta_origin origin = origin_here();
    process_identify(); /* first: from here on the locks are ours */
    ring_leave();
    entry_leave_chunks();
    struct process_counts counts =
        process_count_in((struct process_counts){NULL, NULL});
    status_forget();
    if (announced.childless) {
        entry_leave_first_chunk();
        stand_down();
        return;
    }
    process_revive();
    threads_forget_others();
    origin_renew();
    if (announce(SPOOL_FORKED, parent, &origin) == 0) {
        entry_leave_first_chunk();
        orders_answer_again();
    } else { /* nobody knows of this process: its parent says what is missing */
        process_break(errno);
        process_count_in((struct process_counts){counts.lost, NULL});
        process_lose(1);
    }
}

static const struct process_forks forks = {note_fork, wipe_cursor, adopt};

/* == THE IMAGE ============================================================ */

int
lifecycle_begin(const char *interpreter, const struct spool_meta_origin *origin)
{
    size_t length = strlen(interpreter);
    if (length >= sizeof announced.interpreter)
        length = sizeof announced.interpreter - 1;
    memcpy(announced.interpreter, interpreter, length);
    announced.argument_bytes = read_file(
        "/proc/self/cmdline", announced.arguments, sizeof announced.arguments);
    process_identify();
    usage_start();
    return process_watch_forks(&forks) < 0
               ? -1
               : announce(SPOOL_EXECED, (struct process_identity){0}, origin);
}

void
lifecycle_leave_children(void)
{
    announced.childless = true;
}

static void
tell_usage(void)
{
    struct usage usage = usage_now();
    struct spool_meta_usage entry = {.meta.type = SPOOL_META_USAGE,
                                     .cpu_ns = usage.cpu_ns,
                                     .delay_ns = usage.delay_ns};
    entry_append(&entry.meta, sizeof entry, NULL, 0);
}

/* A pause is told when it is over; this one never is. */
static void
tell_pause(void)
{
    if (thread_own && thread_own->parked &&
        thread_pause_reason == SPOOL_GAP_ORDERED)
        entry_append_note(SPOOL_NOTE_TEXT, 1,
                          "it was paused when it ended: what it called since "
                          "then is not recorded");
}

void
lifecycle_end(void)
{
    struct spool_meta_end entry = {.meta.type = SPOOL_META_END};
    if (process_is_new())
        return;
    if (thread_own)
        offcpu_drain(thread_own);
    tell_usage();
    tell_pause();
    entry.clock = clock_read(spool_clock_kind);
    entry_append(&entry.meta, sizeof entry, NULL, 0);
}

void
lifecycle_forget(void)
{
    entry_forget();
    status_forget();
    process_forget();
}
