/* SPDX-License-Identifier: Apache-2.0
 *
 * process.c: identity, fork and names.
 */
#include "agent/base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/base/libc.h"
#include "agent/base/lock.h"
#include "agent/store/entry.h"
#include "agent/store/spool.h"
#include "agent/track/origin.h"
#include "agent/track/thread.h"
#include "formats/spool/clock.h"

struct process_identity process;
__thread uint32_t lock_depth;

/* Written once, except what lies in the spool and is stored in place: lost and
 * untraced (only added to) and status. */
static struct {
    uint32_t *life; /* wiped by fork: 0 in a child that has not adopted yet */
    uint64_t *lost, *untraced;
    struct spool_meta_status *status; /* pid 0: not told yet */
    bool broken;
    bool wiped;     /* by the kernel, and so can other pages be */
    bool childless; /* forked children are not recorded */
    char interpreter[64];
    char executable[4096];
    char arguments[4096];
    uint32_t argument_bytes;
    char directory[4096];
} image;

bool
process_is_broken(void)
{
    return image.broken;
}

void
process_break(int cause)
{
    if (!image.broken && cause)
        spool_tell_stop(process.pid, cause);
    image.broken = true;
}

bool
process_is_wiped(void)
{
    return image.wiped;
}

bool
process_is_recording(void)
{
    return image.lost && !image.broken;
}

void
process_lose(uint64_t events)
{
    if (image.lost)
        __atomic_fetch_add(image.lost, events, __ATOMIC_RELAXED);
}

void
process_count_untraced(int64_t programs)
{
    if (image.untraced)
        __atomic_fetch_add(image.untraced, (uint64_t)programs,
                           __ATOMIC_RELAXED);
}

bool
process_is_new(void)
{
    return !*image.life;
}

void
process_forget(void)
{
    entry_forget();
    image.lost = image.untraced = NULL;
    image.status = NULL;
    image.broken = false;
}

/* == ENTRIES ============================================================== */

int64_t
process_name_function(const struct spool_meta_function *fixed,
                      const struct text names[3])
{
    struct spool_meta_function entry = *fixed;
    entry.meta.type = SPOOL_META_FUNCTION;
    return entry_append_function(&entry, names);
}

void
process_tell_source(const struct spool_meta_source *source, struct text path)
{
    entry_append(&source->meta, sizeof *source, &path, 1);
}

void
process_name_track(uint64_t track, struct text name)
{
    struct spool_meta_thread entry = {.meta.type = SPOOL_META_THREAD,
                                      .track = track};
    entry_append(&entry.meta, sizeof entry, &name, 1);
}

void
process_tell_greenlet(uint64_t track)
{
    struct spool_meta_greenlet entry = {.meta.type = SPOOL_META_GREENLET,
                                        .track = track};
    entry_append(&entry.meta, sizeof entry, NULL, 0);
}

static char *
append_note(enum spool_note code, uint64_t count, const char *message)
{
    struct spool_meta_note entry = {
        .meta.type = SPOOL_META_NOTE, .code = code, .count = count};
    struct text text = {message, (uint32_t)strlen(message)};
    return entry_append(&entry.meta, sizeof entry, &text, 1);
}

void
process_note(enum spool_note code, uint64_t count, const char *message)
{
    append_note(code, count, message);
}

/* Literals, only added to; kept by forked children. */
static const char *lasting[8];

void
process_note_lasting(const char *message)
{
    for (size_t i = 0; i < sizeof lasting / sizeof *lasting; i++) {
        const char *there = NULL;
        if (__atomic_compare_exchange_n(&lasting[i], &there, message, false,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            process_note(SPOOL_NOTE_TEXT, 1, message);
        if (!there || there == message)
            return;
    }
}

static void
repeat_lasting(void)
{
    for (size_t i = 0; i < sizeof lasting / sizeof *lasting && lasting[i]; i++)
        process_note(SPOOL_NOTE_TEXT, 1, lasting[i]);
}

void
process_tell_cost(uint64_t python_ps, uint64_t c_ps)
{
    struct spool_meta_cost entry = {.meta.type = SPOOL_META_COST,
                                    .python_call_ps = python_ps,
                                    .c_call_ps = c_ps};
    entry_append(&entry.meta, sizeof entry, NULL, 0);
}

void
process_end(void)
{
    struct spool_meta_end entry = {.meta.type = SPOOL_META_END};
    if (process_is_new())
        return;
    entry.clock = clock_read(spool_clock_kind);
    entry_append(&entry.meta, sizeof entry, NULL, 0);
}

/* == HOW PROCESSES END ==================================================== */

static struct spool_meta_status
status_of(uint32_t pid, int wait_status, enum spool_reporter reporter)
{
    return (struct spool_meta_status){
        .meta.type = SPOOL_META_STATUS,
        .pid = pid,
        .wait_status = (uint32_t)wait_status,
        .reporter = reporter,
        .monotonic_ns = clock_nanoseconds(CLOCK_MONOTONIC),
    };
}

/* In place, because a signal handler may call _exit, at any point of ours. */
void
process_tell_end(int status)
{
    if (!process_is_recording() || !image.status || process_is_new() ||
        syscall(SYS_getpid) != process.pid)
        return;
    struct spool_meta_status told =
        status_of(process.pid, (status & 0xff) << 8, SPOOL_REPORTED_ITSELF);
    image.status->wait_status = told.wait_status;
    image.status->monotonic_ns = told.monotonic_ns;
    __atomic_store_n(&image.status->pid, told.pid, __ATOMIC_RELEASE);
}

void
process_tell_child(uint32_t pid, int wait_status)
{
    if (!process_is_recording() || process_is_new() || lock_depth)
        return;
    struct spool_meta_status told =
        status_of(pid, wait_status, SPOOL_REPORTED_BY_PARENT);
    int saved = errno;
    entry_append(&told.meta, sizeof told, NULL, 0);
    errno = saved;
}

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

/* Field 22 of /proc/self/stat, counted behind the command's last ')'. */
static uint64_t
read_exec_start(void)
{
    char text[1024];
    uint64_t value = 0;
    uint32_t got = read_file("/proc/self/stat", text, sizeof text - 1);
    text[got] = 0;
    char *at = strrchr(text, ')');
    for (int field = 2; at && field < 22; field++)
        at = strchr(at + 1, ' ');
    for (at = at ? at + 1 : text + got; *at >= '0' && *at <= '9'; at++)
        value = value * 10 + (uint64_t)(*at - '0');
    return value;
}

static struct text
read_link(const char *path, char *bytes, size_t room)
{
    ssize_t got = readlink(path, bytes, room);
    return (struct text){bytes, got > 0 ? (uint32_t)got : 0};
}

/* A note whose count grows in place: where that lies, or NULL. */
static uint64_t *
append_count(enum spool_note code, const char *text)
{
    char *note = append_note(code, 0, text);
    size_t at = offsetof(struct spool_meta_note, count);
    return note ? (uint64_t *)(void *)(note + at) : NULL;
}

/* What is to be filled in later is secured now, in the first chunk. */
static int
append_blanks(void)
{
    struct spool_meta_status blank = {.meta.type = SPOOL_META_STATUS};
    image.lost =
        append_count(SPOOL_NOTE_LOST, "events that could not be recorded");
    image.untraced =
        append_count(SPOOL_NOTE_UNTRACED, "programs that were kept from us");
    image.status = (void *)entry_append(&blank.meta, sizeof blank, NULL, 0);
    return image.lost && image.untraced && image.status ? 0 : -1;
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
                                       .first_id = entry_next_id(),
                                       .how = how,
                                       .exec_start = read_exec_start()};
    if (how == SPOOL_FORKED)
        entry.parent_pid = parent.pid;
    struct text texts[4] = {
        read_link("/proc/self/exe", image.executable, sizeof image.executable),
        {image.arguments, image.argument_bytes},
        {image.interpreter, (uint32_t)strlen(image.interpreter)},
        read_link("/proc/self/cwd", image.directory, sizeof image.directory),
    };
    if (!entry_append(&entry.meta, sizeof entry, texts, 4))
        return -1;
    if (append_blanks() < 0)
        return -1;
    repeat_lasting();
    return !origin || entry_append(&origin->meta, sizeof *origin, NULL, 0) ? 0
                                                                           : -1;
}

static void
identify(void)
{
    process.pid = (uint32_t)getpid();
    process.start_ns = clock_nanoseconds(CLOCK_MONOTONIC);
}

/* In the thread that forks, just before. */
static void
note_fork(void)
{
    if (thread_own)
        thread_own->fork_ticks = clock_ticks(spool_clock_kind);
}

static void
wipe_life(void)
{
    *image.life = 0;
    if (thread_own)
        memset(&thread_own->cursor, 0, sizeof thread_own->cursor);
}

/* A page that a forked child finds zero, whoever called fork and however;
 * before Linux 4.14 the C library's own handlers have to do. */
static int
make_life(void)
{
    size_t page = spool_page_bytes();
    if (image.life) { /* from an earlier recording */
        *image.life = 1;
        return 0;
    }
    image.life = mmap(NULL, page, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (image.life == MAP_FAILED) {
        image.life = NULL;
        return -1;
    }
    image.wiped = madvise(image.life, page, MADV_WIPEONFORK) == 0;
    bool heard = __register_atfork &&
                 __register_atfork(note_fork, NULL,
                                   image.wiped ? NULL : wipe_life, NULL) == 0;
    if (!image.wiped && !heard)
        return -1;
    *image.life = 1;
    return 0;
}

int
process_begin(const char *interpreter, const struct spool_meta_origin *origin)
{
    size_t length = strlen(interpreter);
    if (length >= sizeof image.interpreter)
        length = sizeof image.interpreter - 1;
    memcpy(image.interpreter, interpreter, length);
    image.argument_bytes = read_file("/proc/self/cmdline", image.arguments,
                                     sizeof image.arguments);
    identify();
    return make_life() < 0
               ? -1
               : announce(SPOOL_EXECED, (struct process_identity){0}, origin);
}

void
process_leave_children(void)
{
    image.childless = true;
}

/* An image that is not recorded. */
static void
stand_down(void)
{
    *image.life = 1;
    image.broken = true;
    thread_forget_others();
}

void
process_adopt(void)
{
    struct process_identity parent = process;
    struct spool_meta_origin origin = origin_here();
    uint64_t *lost = image.lost;
    identify(); /* first: from here on the locks are ours */
    entry_leave_chunks();
    image.lost = image.untraced = NULL;
    image.status = NULL;
    if (image.childless) {
        entry_leave_first_chunk();
        stand_down();
        return;
    }
    *image.life = 1;
    thread_forget_others();
    origin_renew();
    if (announce(SPOOL_FORKED, parent, &origin) == 0) {
        entry_leave_first_chunk();
    } else { /* nobody knows of this process: its parent says what is missing */
        process_break(errno);
        image.lost = lost;
        process_lose(1);
    }
}
