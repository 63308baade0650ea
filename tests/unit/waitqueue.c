/* SPDX-License-Identifier: Apache-2.0
 *
 * waitqueue.c: tests that waits, which are recorded late, are told in the calls that
 * they lie in.
 */
#include "formats/shape/profile.h"

#include "tests/unit/forge.h"
#include "tests/unit/spy.h"
#include "tests/unit/tap.h"

static struct spy spy;

static void
begin(struct forge *forge)
{
    forge_begin(forge);
    forge_open_process(forge, (struct forge_process){.pid = 100});
    forge_functions(forge, 1, 9);
    forge_open_chunk(
        forge, (struct forge_chunk){
                   .kind = SPOOL_TRACK, .pid = 100, .tid = 100, .track = 1});
}

/* f1 from 100 to 900 with f2 from 200 to 300 in it; what happened meanwhile is
 * recorded at 400. */
static void
calls(struct forge *forge, void (*late)(struct forge *forge))
{
    begin(forge);
    forge_record(forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_record(forge, SPOOL_ENTER_C, 2, 200);
    forge_record(forge, SPOOL_EXIT, 2, 300);
    late(forge);
    forge_record(forge, SPOOL_EXIT, 1, 900);
}

static void
expect(const char *name, void (*late)(struct forge *forge),
       const char *expected)
{
    struct forge forge;
    calls(&forge, late);
    struct trace *trace = forge_open(&forge);
    spy_expect(&spy, name, trace, 0, expected, 0);
    trace_close(trace);
}

static void
inside(struct forge *forge)
{
    forge_wait(forge, SPOOL_WAIT_BLOCKED, 220, 280, 400);
}

static void
between(struct forge *forge)
{
    forge_wait(forge, SPOOL_WAIT_PREEMPTED, 310, 390, 400);
    forge_wait(forge, SPOOL_WAIT_BLOCKED, 120, 180, 400);
}

/* What encloses another comes first, though it is known later. */
static void
nested(struct forge *forge)
{
    forge_wait(forge, SPOOL_WAIT_BLOCKED, 220, 240, 400);
    forge_wait(forge, SPOOL_WAIT_BLOCKED, 250, 260, 400);
    forge_wait(forge, SPOOL_WAIT_GIL, 220, 270, 400);
}

/* The clock of the kernel's records and that of ours differ a little. */
static void
over_the_edge(struct forge *forge)
{
    forge_wait(forge, SPOOL_WAIT_BLOCKED, 220, 310, 400);
}

static void
backwards(struct forge *forge)
{
    forge_wait(forge, SPOOL_WAIT_BLOCKED, 280, 220, 400);
}

/* All is known up to 400, and nothing behind it. */
static void
known(struct forge *forge)
{
    forge_wait(forge, SPOOL_WAIT_BLOCKED, 400, 400, 400);
}

static void
test_order(void)
{
    expect("a wait is told in the call that it lies in", inside,
           "+f1@100 +f2@200 ~blocked@220..280 -f2@300 -f1@900");
    expect("and between calls, in the order of their begin", between,
           "+f1@100 ~blocked@120..180 +f2@200 -f2@300 ~preempted@310..390 "
           "-f1@900");
    expect("one in another one comes behind it", nested,
           "+f1@100 +f2@200 ~gil@220..270 ~blocked@220..240 "
           "~blocked@250..260 -f2@300 -f1@900");
    expect("it does not reach beyond the next event", over_the_edge,
           "+f1@100 +f2@200 ~blocked@220..300 -f2@300 -f1@900");
    expect("one of no length says that all is known, and is none", known,
           "+f1@100 +f2@200 -f2@300 -f1@900");
}

static void
test_known(void)
{
    struct forge forge;
    calls(&forge, known);
    struct trace *trace = forge_open(&forge);
    spy_read(&spy, trace, trace->tracks[0]);
    tap_equal("a track says whether its time on the processor is known",
              trace->tracks[0]->has_cpu, true);
    trace_close(trace);
    calls(&forge, inside);
    trace = forge_open(&forge);
    spy_read(&spy, trace, trace->tracks[0]);
    tap_equal("a wait alone does not say so", trace->tracks[0]->has_cpu, false);
    tap_equal("how long it waited is summed up",
              (long long)trace->tracks[0]->wait_ns[WAIT_BLOCKED], 60);
    trace_close(trace);
}

static void
test_damage(void)
{
    struct forge forge;
    calls(&forge, backwards);
    struct trace *trace = forge_open(&forge);
    spy_read(&spy, trace, trace->tracks[0]);
    tap_same("one that makes no sense is left out", spy.text,
             "+f1@100 +f2@200 -f2@300 -f1@900");
    tap_equal("and said to be", (long long)trace->damaged_bytes, 24);
    trace_close(trace);
}

/* == TIME ON THE PROCESSOR ================================================== */

static int
open_span(void *context, const struct span *span)
{
    return profile_open(context, span);
}

static int
close_span(void *context, const struct span *span)
{
    profile_close(context, span);
    return 0;
}

static int
add_wait(void *context, const struct wait *wait)
{
    profile_wait(context, wait);
    return 0;
}

static void
test_profile(void)
{
    static const struct track_visitor visitor = {
        .open = open_span, .close = close_span, .wait = add_wait};
    struct forge forge;
    struct profile profile;
    calls(&forge, nested);
    struct trace *trace = forge_open(&forge);
    profile_begin(&profile, trace);
    track_read(trace, trace->tracks[0], &visitor, &profile);
    const struct profile_function *outer = profile.functions, *inner = outer;
    for (uint32_t i = 0; i < trace->function_count; i++) {
        if (strncmp(trace->functions[i]->name, "f1", 2) == 0)
            outer = &profile.functions[i];
        if (strncmp(trace->functions[i]->name, "f2", 2) == 0)
            inner = &profile.functions[i];
    }
    tap_equal("a call is off the processor as long as it was blocked",
              (long long)inner->self_off_ns, 30);
    tap_equal("so is its caller, in total", (long long)outer->total_off_ns, 30);
    tap_equal("but not in itself", (long long)outer->self_off_ns, 0);
    profile_free(&profile);
    trace_close(trace);
}

int
main(void)
{
    test_order();
    test_known();
    test_damage();
    test_profile();
    return tap_done();
}
