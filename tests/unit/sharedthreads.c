/* SPDX-License-Identifier: Apache-2.0
 *
 * sharedthreads.c: tests how tracks that share a thread are told apart: those
 * of greenlets, and of other interpreters.
 */
#include <stdio.h>

#include "formats/trace/trace.h"
#include "tests/unit/forge.h"
#include "tests/unit/tap.h"

#define ROOM 200

static void
open_track(struct forge *forge, uint64_t track, uint32_t tid,
           uint32_t interpreter)
{
    forge_open_chunk(forge, (struct forge_chunk){.kind = SPOOL_TRACK,
                                                 .pid = 100,
                                                 .tid = tid,
                                                 .track = track,
                                                 .base_ns = track * 10});
    forge_current(forge)->interpreter = interpreter;
    forge_record(forge, SPOOL_ENTER_PYTHON, 1, track * 10 + 1);
    forge_record(forge, SPOOL_EXIT, 1, track * 10 + 2);
}

static void
forge_names(struct forge *forge)
{
    struct spool_meta_greenlet greenlet = {.track = 4};
    forge_begin(forge);
    forge_open_process(forge, (struct forge_process){.pid = 100});
    forge_functions(forge, 1, 9);
    forge_thread(forge, 2, "worker");
    forge_thread(forge, 4, "greenlet 1 (work)");
    forge_text_entry(forge, &greenlet, sizeof greenlet, SPOOL_META_GREENLET, 0,
                     NULL);
    forge_thread(forge, 6, "own");
}

/* tid, whether main, whether the id is its own, name. */
static void
expect_track(const struct trace *trace, uint32_t number, const char *expected)
{
    char got[ROOM];
    const struct track *track = trace->tracks[number];
    snprintf(got, sizeof got, "%u%s%s %s", track->tid,
             track->main ? " main" : "",
             track->own_tid == track->tid ? "" : " shares", track->name);
    tap_same(track->name, got, expected);
}

int
main(void)
{
    struct forge forge;
    forge_names(&forge);
    open_track(&forge, 1, 100, 0);
    open_track(&forge, 2, 101, 0);
    open_track(&forge, 3, 100, 1);
    open_track(&forge, 4, 100, 0);
    open_track(&forge, 5, 101, 2);
    open_track(&forge, 6, 101, 3);
    open_track(&forge, 7, 102, 1);
    struct trace *trace = forge_open(&forge);
    if (!tap_equal("each is a track", trace->track_count, 7))
        return tap_done();
    expect_track(trace, 0, "100 main MainThread");
    expect_track(trace, 1, "101 worker");
    expect_track(trace, 2, "100 shares MainThread (interpreter 1)");
    expect_track(trace, 3, "100 shares greenlet 1 (work)");
    expect_track(trace, 4, "101 shares worker (interpreter 2)");
    expect_track(trace, 5, "101 shares own (interpreter 3)");
    expect_track(trace, 6, "102 shares thread 102 (interpreter 1)");
    tap_ok(trace->tracks[2]->own_tid != trace->tracks[3]->own_tid,
           "no two tracks of a thread have the same number");
    trace_close(trace);
    return tap_done();
}
