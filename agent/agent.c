/* SPDX-License-Identifier: Apache-2.0
 *
 * agent.c: the agent's life, in order.  Read this first.
 *
 *   load      ld.so maps us into every process that inherits LD_PRELOAD.  The
 *             kill switch, the question whether this is a Python at all, and
 *             only then anything that could fail.
 *   await     The interpreter's table of built-in modules is swapped; nothing
 *             happens until it starts (cpython/abi/library.c).  One that is loaded
 *             later is found when it is about to start.
 *   begin     It starts: the session is joined or made, the spool created.
 *   record    cpython/ hooks calls, record.h stores them.  All threads.
 *   fork      Nothing runs in the child until its first event finds its cursor
 *             wiped by the kernel (thread.h) and takes the slow path.
 *   exec      Nothing: the spool is complete at every instant.  The next image
 *             loads us again.
 *   finalize  The interpreter ends: END is written.
 *   unload    Without a launcher the root process converts (root.c).  Nothing
 *             depends on it: after _exit or a signal the session just stays.
 *
 * Whatever of ours fails, we stand down, once, and the host lives.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "agent/base/libc.h"
#include "agent/base/log.h"
#include "agent/base/process.h"
#include "agent/base/usage.h"
#include "agent/cpython/cpython.h"
#include "agent/exec/handover.h"
#include "agent/exec/interpose.h"
#include "agent/session/config.h"
#include "agent/session/processname.h"
#include "agent/session/recording.h"
#include "agent/session/root.h"
#include "agent/store/entry.h"
#include "agent/store/quota.h"
#include "agent/store/ring.h"
#include "agent/store/spool.h"
#include "agent/store/status.h"
#include "agent/track/lifecycle.h"
#include "agent/track/origin.h"
#include "formats/spool/session.h"
#include "formats/spool/sweep.h"

static struct config config;
static bool passed_over; /* another process's recordings may be to convert */

/* exit(), or a return from main.  _exit() comes by interpose.c. */
static void
leave(int status, void *nothing)
{
    (void)nothing;
    status_report_own(status);
}

static void
settle_environment(void)
{
    handover_begin(config.children);
    if (config.children != CHILDREN_NO)
        return;
    lifecycle_leave_children();
    handover_strip();
}

/* The tracer in Python makes a spool of its own. */
static int
begin_in_python(const char *folder)
{
    process.pid = (uint32_t)getpid();
    recording_join(folder);
    settle_environment();
    return 0;
}

static void
tell_filter(void)
{
    const struct python_options *asked = &config.python;
    bool bounded = asked->most_calls != UINT32_MAX;
    struct entry_filter filter = {
        .rules = asked->rules,
        .most_calls = bounded ? asked->most_calls : 0,
        .most_overhead = asked->most_overhead,
        .shortest_ns = asked->shortest_ns,
        .own = asked->own,
    };
    if (asked->rules || bounded || asked->own || asked->most_overhead ||
        asked->shortest_ns)
        entry_append_filter(&filter);
}

static int
begin(const char *interpreter)
{
    static bool begun;
    if (begun) /* a second interpreter's life in one process: the same spool */
        return process_is_broken() ? -1 : 0;
    struct spool_meta_origin origin;
    bool started = origin_take(&origin);
    const char *folder = root_join(&config);
    log_say("the interpreter starts: %s, session %s",
            interpreter ? interpreter : "?", folder ? folder : "none");
    if (folder && config.process && !processname_fits(config.process)) {
        log_say("not recorded: its name does not fit %s", config.process);
        process.pid = (uint32_t)getpid();
        passed_over = true;
        settle_environment();
        return -1;
    }
    if (folder && config.python.in_python)
        return begin_in_python(folder);
    if (!folder)
        return -1;
    if (quota_is_used_up(folder)) {
        process_break(0);
        session_tell_missed(folder);
        return -1;
    }
    if (ring_is_asked())
        sweep_session(folder, config.last);
    if (spool_create(folder) < 0 ||
        lifecycle_begin(interpreter, started ? &origin : NULL) < 0) {
        int cause = errno;
        log_say("no recording: %s", strerror(cause));
        process_break(cause);
        session_tell_missed(folder);
        root_complain(folder, cause);
        return -1;
    }
    tell_filter();
    settle_environment();
    if (on_exit)
        on_exit(leave, NULL);
    recording_join(folder);
    quota_begin();
    begun = true;
    return 0;
}

static void
end(void)
{
    log_say("the interpreter ends");
    if (spool_is_open())
        lifecycle_end();
}

static void
program(void)
{
    log_say("the program starts");
    if (!config.python.from_start)
        usage_start();
    if (config.children != CHILDREN_NO)
        origin_offer();
}

static const struct start_events events = {begin, program, end};

__attribute__((constructor)) static void
load(void)
{
    int saved = errno;
    interpose_resolve();
    if (config_read(&config) == 0) {
        quota_ask(config.max_bytes);
        ring_ask(config.last.bytes, config.last.ns);
        if (config.session && config.children == CHILDREN_ALL)
            handover_begin(CHILDREN_ALL);
        int awaited = cpython_await(&events, &config.python);
        log_say("loaded: %s", awaited < 0 ? "no Python is here yet"
                                          : "a Python is about to start");
        if (awaited < 0 && process_is_broken())
            root_complain(NULL, ENOMEM);
    } else {
        log_say("loaded: disabled, or nothing is asked for");
    }
    errno = saved;
}

__attribute__((destructor)) static void
unload(void)
{
    int saved = errno;
    log_say("unloaded");
    if (spool_is_open() || config.python.in_python || passed_over)
        root_convert(&config);
    errno = saved;
}
