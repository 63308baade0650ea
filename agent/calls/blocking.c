/* SPDX-License-Identifier: Apache-2.0
 *
 * blocking.c: see blocking.h.  A wrapper reads the clock before and after, and asks
 * for nothing more unless the call was long.  The thread has let go of the GIL
 * mostly, so the record is written as that of a thread which ends (threads_write).
 *
 * Not written: between vfork and exec, where the memory is the parent's; while the
 * thread is in a slow path of ours or holds a lock, which a signal handler may have
 * interrupted.
 */
#include "agent/calls/blocking.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent/base/lock.h"
#include "agent/base/object.h"
#include "agent/base/process.h"
#include "agent/base/realsym.h"
#include "agent/calls/imports.h"
#include "agent/calls/subject.h"
#include "agent/store/entry.h"
#include "agent/track/record.h"
#include "agent/track/threads.h"
#include "agent/track/wait.h"
#include "formats/spool/clock.h"

#define SHORT_TICKS (1u << 13) /* less than LEAST_NS on any machine */
#define LEAST_NS    10000u
#define BYTES       result < 0 ? WAIT_AMOUNT_UNKNOWN : (uint64_t)result
#define NONE        WAIT_AMOUNT_UNKNOWN

enum number {
#define BLOCKING(type, name, parameters, arguments, what, amount) CALL_##name,
#include "agent/calls/blocking.def"
#undef BLOCKING
    CALLS
};

bool blocking_is_wanted;
static struct import imports[CALLS];
static uint32_t names[CALLS]; /* ids + 1, in the spool */
static struct {
    uint64_t ticks, ns; /* the clocks when it began */
} began;

void
blocking_want(bool recorded)
{
    blocking_is_wanted = recorded;
}

/* == HOW LONG ============================================================= */

/* Of a thread that records nothing 0, and nothing is asked at the end. */
static inline uint64_t
begin_call(void)
{
    return thread_own ? clock_ticks(spool_clock_kind) : 0;
}

static bool
takes_long(uint64_t begin, uint64_t end)
{
    if (!begin || end - begin < SHORT_TICKS)
        return false;
    uint64_t ns = clock_nanoseconds(CLOCK_MONOTONIC) - began.ns;
    double rate = (double)ns / (double)(end - began.ticks);
    return (double)(end - begin) * rate >= LEAST_NS;
}

/* May the calling thread write now? */
static bool
may_write(void)
{
    return thread_followed() && !lock_depth &&
           (uint32_t)getpid() == process.pid;
}

/* == RECORDING ============================================================ */

static void
store(struct thread *thread, const void *wait)
{
    wait_record(thread, wait);
}

static void
finish_call(enum number call, uint64_t begin, uint64_t end,
            const struct subject *on, uint64_t amount)
{
    struct wait wait = {
        .kind = SPOOL_WAIT_CALL,
        .begin_ticks = begin,
        .end_ticks = end,
        .name = names[call],
        .amount = amount,
        .text = {on->text, (uint32_t)strlen(on->text)},
    };
    threads_write(thread_own, store, &wait);
}

static void
on_list(struct subject *on, const struct pollfd *list, nfds_t count)
{
    if (count == 1)
        subject_fd(on, list->fd);
    else
        subject_number(on, "descriptors: ", (long)count);
}

/* == THE CALLS ============================================================ */

/* What the kernel could not read, or does not know, we do not look at either. */
#define BLOCKING(type, name, parameters, arguments, what, amount)             \
    static type name##_here parameters                                        \
    {                                                                         \
        type(*real) parameters = (__typeof__(real))imports[CALL_##name].real; \
        uint64_t begin = begin_call();                                        \
        type result = real arguments;                                         \
        uint64_t end = begin ? clock_ticks(spool_clock_kind) : 0;             \
        if (likely(!begin || end - begin < SHORT_TICKS))                      \
            return result;                                                    \
        int saved = errno;                                                    \
        struct subject on = {""};                                             \
        if (takes_long(begin, end) && may_write()) {                          \
            if (result >= 0 || (saved != EFAULT && saved != EBADF))           \
                what;                                                         \
            finish_call(CALL_##name, begin, end, &on, amount);                \
        }                                                                     \
        errno = saved;                                                        \
        return result;                                                        \
    }
#include "agent/calls/blocking.def"
#undef BLOCKING

/* == STANDING IN FRONT ==================================================== */

/* open64 is open, to who reads it. */
static struct text
plain_name(const char *name)
{
    size_t length = strlen(name);
    bool wide = length > 2 && strcmp(name + length - 2, "64") == 0;
    return (struct text){name, (uint32_t)(wide ? length - 2 : length)};
}

static void
name_calls(void)
{
    struct spool_meta_function fixed = {.kind = SPOOL_WAIT_NAME};
    for (size_t i = 0; i < CALLS; i++) {
        struct text name = plain_name(imports[i].name);
        const struct text texts[3] = {{"", 0}, name, {"", 0}};
        bool known = i > 0 && imports[i].name[name.length] &&
                     strncmp(imports[i - 1].name, name.bytes, name.length) == 0;
        names[i] = known ? names[i - 1]
                         : (uint32_t)(entry_append_function(&fixed, texts) + 1);
    }
}

/* An executable at a fixed address says that a function lies in it which it imports:
 * what is there goes by the table that we write to.  Some are our own. */
static bool
is_stub(const char *name, void *found)
{
    struct object object;
    return found && object_at(found, &object) && !object_symbol(&object, name);
}

static void *
real_one(const char *name)
{
    struct object own;
    void *found = realsym_dlsym(RTLD_DEFAULT, name);
    if (!is_stub(name, found))
        return found;
    found = object_at((const void *)(uintptr_t)real_one, &own)
                ? object_find(&own, name)
                : NULL;
    return found ? found : realsym_find(name);
}

/* What the program would call, be it another preloaded library's. */
static void
fill(void)
{
#define BLOCKING(type, name, parameters, arguments, what, amount) \
    imports[CALL_##name] =                                        \
        (struct import){#name, real_one(#name), (void *)name##_here};
#include "agent/calls/blocking.def"
#undef BLOCKING
}

void
blocking_begin(void)
{
    if (!blocking_is_wanted)
        return;
    if (!began.ns) {
        fill();
        began.ns = clock_nanoseconds(CLOCK_MONOTONIC);
        began.ticks = clock_ticks(spool_clock_kind);
    }
    name_calls();
    imports_replace(imports, CALLS);
}

void
blocking_look(void)
{
    if (began.ns && imports_are_new())
        imports_replace(imports, CALLS);
}
