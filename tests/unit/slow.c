/* SPDX-License-Identifier: Apache-2.0
 *
 * slow.c: which durations are a slow group, which stalls are mere interruptions,
 * and which function of several has the row, on made-up calls.
 */
#include "formats/slow/slow.h"
#include "formats/slow/explain.h"

#include "formats/shape/own.h"
#include "formats/slow/group.h"
#include "formats/slow/stall.h"
#include "tests/unit/tap.h"

/* -- groups of durations --------------------------------------------------- */

static struct group_bins bins;
static uint64_t seed;

static double
uniform(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(seed >> 11) / 9007199254740992.0;
}

/* Two to the power of that. */
static double
power_of(double octaves)
{
    double power = 1 + octaves * 0.69314718 / 65536;
    for (int i = 0; i < 16; i++)
        power *= power;
    return power;
}

/* count calls of about ns; spread is their standard deviation in octaves. */
static void
calls_of(unsigned count, double ns, double spread)
{
    for (unsigned i = 0; i < count; i++) {
        double normal = -6;
        for (int k = 0; k < 12; k++)
            normal += uniform();
        uint64_t one = (uint64_t)(ns * power_of(normal * spread));
        uint32_t bin = spread_bin(one);
        bins.calls[bin]++;
        bins.ns[bin] += (double)one;
    }
}

static long long
slow_of(void)
{
    struct group group;
    bool found = group_find(&bins, &group);
    memset(&bins, 0, sizeof bins);
    return found ? (long long)group.slow : 0;
}

static void
test_groups(void)
{
    calls_of(1000, 1e3, 0.2);
    calls_of(1, 1e6, 0.1);
    tap_equal("one slow call in a thousand", slow_of(), 1);
    calls_of(200, 1e3, 0.2);
    calls_of(90, 5e3, 0.1);
    tap_equal("nearly a third, five times slower", slow_of(), 90);
    calls_of(100, 1e3, 0.2);
    calls_of(60, 1e6, 0.2);
    tap_equal("more than a third is usual", slow_of(), 0);
    calls_of(1000, 1e3, 0.3);
    calls_of(300, 1e6, 0.3);
    calls_of(20, 1e9, 0.2);
    tap_equal("of three groups the one with most loss", slow_of(), 320);
    calls_of(4, 1e6, 0.05);
    calls_of(1, 1e8, 0.05);
    tap_equal("one of five", slow_of(), 1);
    calls_of(1000, 1e3, 0.1);
    calls_of(50, 2.2e3, 0.1);
    tap_equal("twice as slow is usual", slow_of(), 0);
}

/* Sizes that are spread naturally have no group of their own at the end. */
static void
test_spread(void)
{
    unsigned claimed = 0;
    for (unsigned i = 0; i < 400; i++) {
        calls_of(30 + 7 * i, 1e5, 0.3 + 0.004 * i);
        claimed += slow_of() > 0;
    }
    tap_ok(claimed <= 4, "log-normal durations are one group");
    printf("# %u of 400\n", claimed);
    claimed = 0;
    for (unsigned i = 0; i < 400; i++) {
        for (unsigned call = 0; call < 50 + 5 * i; call++)
            calls_of(1, 1e4 / (1 - uniform()), 0);
        claimed += slow_of() > 0;
    }
    tap_ok(claimed <= 8, "nor are those with a long tail two");
    printf("# %u of 400\n", claimed);
}

/* -- interruptions --------------------------------------------------------- */

static struct stall stalls[20];

static void
self_of(struct stall *stall, unsigned count, uint64_t ns)
{
    for (unsigned i = 0; i < count; i++)
        if (spread_add(&stall->self, spread_bin(ns + ns * (i % 16) / 100)) != 0)
            exit(1);
}

static void
test_stalls(void)
{
    struct stall_machine quiet = {.cpu_ns = 1e9, .contenders = 1};
    struct stall_machine busy = {
        .cpu_ns = 1e9, .delay_ns = 1e9, .contenders = 1};
    for (unsigned i = 0; i < 20; i++) {
        self_of(&stalls[i], 5000, 10000);
        self_of(&stalls[i], 4, 8000000);
    }
    self_of(&stalls[7], 60, 30000000);
    stall_judge(stalls, 20, &busy);
    tap_equal("what all have is an interruption",
              (long long)stall_of(&stalls[3], 8000000) / 1000000, 7);
    tap_equal("what one has is its own",
              (long long)stall_of(&stalls[7], 30000000), 0);
    tap_equal("and what it has as the others is not",
              (long long)stall_of(&stalls[7], 8000000) / 1000000, 7);
    tap_equal("the usual is usual", (long long)stall_of(&stalls[7], 11000), 0);
    struct stall *alone = &stalls[0];
    spread_free(&alone->self);
    self_of(alone, 1000, 1000000);
    self_of(alone, 30, 9000000);
    stall_judge(alone, 1, &quiet);
    tap_equal("on a quiet machine few are its own",
              (long long)stall_of(alone, 9000000), 0);
    stall_judge(alone, 1, &busy);
    tap_ok(stall_of(alone, 9000000) > 0, "on a busy machine they are not");
}

/* One function alone on a machine where all wait long for a processor. */
static uint64_t
judged(struct stall *stall, uint64_t delay_ns, uint64_t ns)
{
    struct stall_machine machine = {.cpu_ns = 15e7,
                                    .delay_ns = (double)delay_ns,
                                    .other_ns = 7e8,
                                    .contenders = 1};
    stall_judge(stall, 1, &machine);
    uint64_t interrupted = stall_of(stall, ns);
    spread_free(&stall->self);
    *stall = (struct stall){.outside = false};
    return interrupted;
}

static void
test_busy_machine(void)
{
    struct stall stall = {.outside = false};
    self_of(&stall, 1500, 50000);
    self_of(&stall, 18, 45000000);
    tap_ok(judged(&stall, 1800000000, 45000000) > 0,
           "turns of others that are all as long are interruptions");
    self_of(&stall, 1500, 20000);
    for (unsigned i = 1; i <= 12; i++)
        self_of(&stall, 4, 2000000 * i);
    tap_equal("what takes far more than its share of the delay is its own",
              (long long)judged(&stall, 500000000, 16000000), 0);
    stall.outside = true;
    self_of(&stall, 360, 4000000);
    self_of(&stall, 28, 9500000);
    self_of(&stall, 10, 40000000);
    tap_equal(
        "a wait that is long ten times is its own, though it is often late",
        (long long)judged(&stall, 1600000000, 40000000), 0);
}

/* 300 sleeps of 2 ms on a busy machine, up to 24 ms late. */
static struct stall
late_sleeps(void)
{
    struct stall stall = {.outside = true, .known_wait = true};
    self_of(&stall, 300, 2000000);
    for (unsigned i = 2; i < 12; i++)
        self_of(&stall, 24 / i, 2000000 * i);
    return stall;
}

static void
test_sleeps(void)
{
    struct stall asked = late_sleeps();
    self_of(&asked, 9, 40000000);
    tap_equal("many sleeps of just one length are no interruptions",
              (long long)judged(&asked, 1600000000, 41000000), 0);
    struct stall late = late_sleeps();
    for (unsigned i = 0; i < 9; i++)
        self_of(&late, 1, 15000000 + 5000000 * i);
    tap_ok(judged(&late, 1600000000, 41000000) > 0, "those of any length are");
}

/* -- rows -------------------------------------------------------------------- */

#define FUNCTION(kind_, name_, module_, file_)                      \
    {                                                               \
        .kind = FUNCTION_##kind_, .name = (char *)name_,            \
        .qualified_name = (char *)name_, .module = (char *)module_, \
        .file = (char *)file_                                       \
    }
static struct function functions[] = {
    FUNCTION(PYTHON, "run", "", "/app/a.py"),
    FUNCTION(PYTHON, "look_up", "", "/app/a.py"),
    FUNCTION(PYTHON, "call", "", "/usr/lib/python3.11/x.py"),
    FUNCTION(PYTHON, "query", "", "/app/b.py"),
    FUNCTION(C, "sleep", "time", ""),
    FUNCTION(TRACER, "", "", ""),
    FUNCTION(PYTHON, "Queue.get", "queue", "/usr/lib/python3.11/queue.py"),
    FUNCTION(PYTHON, "serve", "", "/app/b.py"),
};
enum {
    FUNCTIONS = sizeof functions / sizeof *functions
};
static struct function *list[FUNCTIONS];
static struct process process;
static struct track track = {.process = &process};
static struct process *processes[] = {&process};
static struct track *tracks[] = {&track};
static struct trace trace = {
    .functions = list,
    .function_count = FUNCTIONS,
    .tracks = tracks,
    .track_count = 1,
    .processes = processes,
    .process_count = 1,
    .duration_ns = 1000000000,
};
static uint64_t now_ns, starts_ns[16];
static unsigned depth;
static struct slow *slow;

static void
enter(unsigned function)
{
    struct span span = {.function = &functions[function],
                        .start_ns = now_ns += 50};
    starts_ns[depth++] = now_ns;
    if (slow_open(slow, &span) != 0)
        exit(1);
}

static void
leave(unsigned function, enum close_how how)
{
    struct span span = {.function = &functions[function],
                        .start_ns = starts_ns[--depth],
                        .end_ns = now_ns += 50,
                        .closed = how};
    if (slow_close(slow, &span) != 0)
        exit(1);
}

/* run > look_up > call > query > sleep, and serve > get; every 50th query sleeps
 * for 20 ms, and get waits now and then. */
static void
tell(void)
{
    now_ns = 0;
    for (unsigned i = 0; i < 1000; i++) {
        enter(0);
        enter(1);
        enter(2);
        enter(3);
        now_ns += 1000;
        if (i == 70) {
            enter(5);
            now_ns += 500000000;
            leave(5, CLOSE_RETURN);
        }
        if (i % 50 == 9) {
            enter(4);
            now_ns += 20000000;
            leave(4, CLOSE_RETURN);
        }
        leave(3, i % 50 == 9 ? CLOSE_EXCEPTION : CLOSE_RETURN);
        leave(2, CLOSE_RETURN);
        leave(1, CLOSE_RETURN);
        leave(0, CLOSE_RETURN);
        enter(7);
        enter(6);
        now_ns += i % 40 == 3 ? 30000000 : 100;
        leave(6, CLOSE_RETURN);
        leave(7, CLOSE_RETURN);
    }
}

/* Every 50th look_up sleeps for 20 ms; one of these is interrupted for 60 ms. */
static void
tell_interrupted(void)
{
    now_ns = 0;
    for (unsigned i = 0; i < 1000; i++) {
        enter(1);
        now_ns += i == 509 ? 60000000 : 100000;
        if (i % 50 == 9) {
            enter(4);
            now_ns += 20000000;
            leave(4, CLOSE_RETURN);
        }
        leave(1, CLOSE_RETURN);
    }
}

static struct verdicts *
judge(void (*program)(void))
{
    slow = slow_new(&trace);
    slow_track(slow, &track);
    program();
    slow_turn(slow);
    program();
    return slow_verdicts(slow);
}

static void
test_rows(void)
{
    char cause[200];
    struct verdicts *verdicts = judge(tell);
    tap_equal("a chain is one row, and waiting for work is none",
              verdicts->count, 1);
    const struct verdict *first = &verdicts->list[0];
    tap_same("named by the deepest function of one's own",
             functions[first->function].qualified_name, "query");
    tap_equal("with its slow calls", (long long)first->slow_calls, 20);
    tap_equal("of all", (long long)first->calls, 1000);
    tap_equal("which lost 20 ms each", (long long)(first->lost_ns / 20000000),
              20);
    tap_equal("the tracer's work is nobody's",
              (long long)first->worst_ns / 1000000, 20);
    tap_equal("seen by two", first->seen_count, 2);
    tap_equal("the nearest one first", first->seen_by[0], 1);
    tap_equal("then its caller", first->seen_by[1], 0);
    explain_cause(&trace, first, cause, sizeof cause);
    tap_same("and the cause in words", cause, "an exception ends it");
    verdicts_free(verdicts);
    slow_free(slow);
}

/* look_up calls query for 30 ms once, or for nothing. */
static void
tell_first(void)
{
    now_ns = 0;
    for (unsigned i = 0; i < 1000; i++) {
        enter(1);
        if (i == 0) {
            enter(3);
            now_ns += 30000000;
            leave(3, CLOSE_RETURN);
        }
        now_ns += 1000;
        leave(1, CLOSE_RETURN);
    }
}

static void
test_first(void)
{
    process.cpu_ns = 1000000000;
    process.delay_ns = 10000000000;
    struct verdicts *verdicts = judge(tell_first);
    tap_equal("what one call alone calls is believed on a busy machine, too",
              verdicts->count, 1);
    process.cpu_ns = process.delay_ns = 0;
    verdicts_free(verdicts);
    slow_free(slow);
}

static void
test_interrupted(void)
{
    process.cpu_ns = 1000000000;
    process.delay_ns = 10000000000;
    struct verdicts *verdicts = judge(tell_interrupted);
    tap_equal("an interrupted call is slow for its sleep",
              (long long)verdicts->list[0].slow_calls, 20);
    tap_equal("and not the worst for having been interrupted",
              (long long)verdicts->list[0].worst_ns / 1000000, 20);
    process.cpu_ns = process.delay_ns = 0;
    verdicts_free(verdicts);
    slow_free(slow);
}

/* -- own code ---------------------------------------------------------------- */

static void
test_own(void)
{
    static const struct {
        const char *file;
        bool own;
    } files[] = {
        {"/home/me/app.py", true},
        {"app.py", true},
        {"/home/me/python3/app.py", true},
        {"/home/me/lib/app.py", true},
        {"/usr/lib/python3.11/json/decoder.py", false},
        {"/opt/py/lib/python3.13t/json/decoder.py", false},
        {"/usr/lib64/python3.9/json/decoder.py", false},
        {"/usr/lib/python3/dist-packages/apt.py", false},
        {"/home/me/venv/lib/python3.12/site-packages/flask/app.py", false},
        {"C:/site-packages/flask/app.py", false},
        {"/opt/python311.zip/json/decoder.py", false},
        {"<frozen importlib._bootstrap>", false},
        {"<codesnap>/_embedded.py", false},
        {"", false},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct function function = {.kind = FUNCTION_PYTHON,
                                    .module = (char *)"shop",
                                    .file = (char *)files[i].file};
        tap_equal(files[i].file, own_is(&function), files[i].own);
    }
}

/* What the recording says goes before what the file's name says. */
static void
test_told(void)
{
    struct function function = {.kind = FUNCTION_PYTHON,
                                .module = (char *)"__main__",
                                .file = (char *)"<string>"};
    tap_equal("<string> in __main__", own_is(&function), true);
    function.module = (char *)"collections";
    tap_equal("<string> elsewhere", own_is(&function), false);
    function.file = (char *)"/src/cpython/Lib/json/decoder.py";
    tap_equal("a library that nobody told of", own_is(&function), true);
    function.owner = OWNER_OTHER;
    tap_equal("a library that was told of", own_is(&function), false);
}

int
main(void)
{
    test_groups();
    test_spread();
    test_stalls();
    test_busy_machine();
    test_sleeps();
    for (unsigned i = 0; i < FUNCTIONS; i++) {
        list[i] = &functions[i];
        functions[i].number = i;
    }
    test_rows();
    test_first();
    test_interrupted();
    test_own();
    test_told();
    return tap_done();
}
