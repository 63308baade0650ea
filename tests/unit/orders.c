/* SPDX-License-Identifier: Apache-2.0
 *
 * orders.c: records in every order that chance makes, and what holds of the
 * spans whatever the order is: nothing is made up, nothing lies outside of what
 * it is in, and times add up.  The seed is fixed.
 */
#include "formats/reader/reader.h"
#include "formats/trace/trouble.h"

#include "tests/unit/forge.h"
#include "tests/unit/spy.h"
#include "tests/unit/tap.h"

#define SEQUENCES 4000
#define RECORDS   60
#define LAST_ID   5u /* f5 is a span that the program named */
#define DEEPEST   (3 * RECORDS)

static uint64_t seed = 20261129;

static uint32_t
chance(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

/* == MAKING ================================================================= */

/* What was written, to compare the spans with. */
struct written {
    uint32_t enters, exits, unopened, before; /* before: that headers tell */
    uint32_t unseen;
    uint32_t id[RECORDS];
    uint64_t ns[RECORDS]; /* of the enters */
    uint64_t now;
    uint32_t gaps;
    bool named; /* f5 is in it */
};

static uint32_t
any_id(struct written *written)
{
    uint32_t id = 1 + chance(LAST_ID);
    written->named |= id == LAST_ID;
    return id;
}

static void
put_enter(struct forge *forge, struct written *written)
{
    static const enum spool_kind kinds[] = {SPOOL_ENTER_PYTHON, SPOOL_ENTER_C,
                                            SPOOL_RESUME, SPOOL_THROW};
    uint32_t id = any_id(written);
    forge_record(forge, kinds[chance(4)], id, written->now);
    written->id[written->enters] = id;
    written->ns[written->enters++] = written->now;
}

static void
put_exit(struct forge *forge, struct written *written)
{
    static const enum spool_kind kinds[] = {SPOOL_EXIT, SPOOL_EXIT_EXCEPTION,
                                            SPOOL_EXIT_CONTROL, SPOOL_YIELD};
    forge_record(forge, kinds[chance(4)], any_id(written), written->now);
    written->exits++;
}

static void
put_gap(struct forge *forge, struct written *written)
{
    uint64_t begin = written->now;
    written->now += chance(50);
    forge_gap(forge, begin, written->now, chance(6));
    written->gaps++;
}

static void
put_time(struct forge *forge, struct written *written)
{
    forge_word(forge, forge_ticks(written->now) << 4 | SPOOL_TIME);
    forge->base_ns = written->now;
}

static void
put_chunk(struct forge *forge, struct written *written, uint64_t sequence)
{
    uint32_t stack[4], stored = chance(5);
    for (uint32_t i = 0; i < stored; i++)
        stack[i] = any_id(written);
    struct forge_chunk chunk = {.kind = SPOOL_TRACK,
                                .pid = 100,
                                .tid = 100,
                                .track = 1,
                                .sequence = sequence,
                                .base_ns = written->now,
                                .stack_depth = stored + chance(3),
                                .stack_stored = stored,
                                .stack = stack};
    forge_open_chunk(forge, chunk);
    written->before += chunk.stack_depth;
    written->gaps += sequence > 0;
}

static void
put_any(struct forge *forge, struct written *written, uint64_t *sequence)
{
    written->now += chance(3) ? chance(40) : 0;
    uint32_t what = chance(100);
    if (what < 40)
        put_enter(forge, written);
    else if (what < 80)
        put_exit(forge, written);
    else if (what < 86)
        forge_record(forge, SPOOL_EXIT_UNOPENED, any_id(written), written->now),
            written->unopened++;
    else if (what < 88)
        forge_record(forge, SPOOL_EXIT_UNSEEN, any_id(written), written->now),
            written->unseen++;
    else if (what < 90)
        put_gap(forge, written);
    else if (what < 94)
        forge_record(forge, SPOOL_BUSY, chance(3), written->now);
    else if (what < 97)
        put_time(forge, written);
    else if (what < 98)
        put_chunk(forge, written, *sequence += 2); /* the one before is gone */
}

static void
put_names(struct forge *forge)
{
    forge_begin(forge);
    forge_open_process(forge, (struct forge_process){.pid = 100});
    forge_functions(forge, 1, LAST_ID - 1);
    forge_function(forge, LAST_ID, SPOOL_NAMED_SPAN, 0, "", "f5", "");
    forge_end(forge, 1000000000);
}

/* All in one folder: it is read at once.  What is removed first need not be
 * written to the disk, which takes longer than all the rest. */
static struct trace *
open_forged(struct forge *forge)
{
    char folder[512], spool[600], session[600], error[512] = "";
    snprintf(folder, sizeof folder, "%s/orders", tap_scratch());
    snprintf(spool, sizeof spool, "%s/100-abc" SPOOL_SUFFIX, folder);
    snprintf(session, sizeof session, "%s/" SESSION_FILE, folder);
    unlink(spool);
    unlink(session);
    forge_save(forge, folder);
    forge_free(forge);
    struct trace *trace = trace_open(folder, error, sizeof error);
    if (trace == NULL)
        printf("Bail out! %s\n", error), exit(1);
    return trace;
}

static struct trace *
make(struct written *written)
{
    struct forge forge;
    uint64_t sequence = 0;
    memset(written, 0, sizeof *written);
    written->now = 10;
    put_names(&forge);
    if (chance(2))
        put_chunk(&forge, written, 0);
    else
        forge_open_chunk(&forge, (struct forge_chunk){.kind = SPOOL_TRACK,
                                                      .pid = 100,
                                                      .tid = 100,
                                                      .track = 1});
    for (uint32_t left = 1 + chance(RECORDS); left > 0; left--)
        put_any(&forge, written, &sequence);
    return open_forged(&forge);
}

/* == WATCHING =============================================================== */

struct watch {
    struct spy spy;
    const struct written *written;
    uint64_t inside[DEEPEST + 1]; /* durations of the calls in each open one */
    uint32_t depth, deepest;
    uint32_t entered, before, seen, named;
    uint64_t self_ns, outermost_ns, first_ns, last_ns;
    bool begun;
    const char *wrong; /* the first thing that does not hold */
};

static void
must(struct watch *watch, bool holds, const char *what)
{
    if (!holds && watch->wrong == NULL)
        watch->wrong = what;
}

static void
pass(struct watch *watch, uint64_t ns)
{
    watch->first_ns = watch->begun ? watch->first_ns : ns;
    watch->begun = true;
    watch->last_ns = ns;
}

static int
watch_open(void *context, const struct span *span)
{
    struct watch *watch = context;
    const struct written *written = watch->written;
    pass(watch, span->start_ns);
    watch->inside[++watch->depth] = 0;
    watch->deepest =
        watch->depth > watch->deepest ? watch->depth : watch->deepest;
    if (span->opened == OPEN_BEFORE)
        watch->before++;
    else if (span->function->kind != FUNCTION_TRACER) {
        uint32_t n = watch->entered++;
        must(watch,
             n < written->enters &&
                 span->function->name[1] == (char)('0' + written->id[n]),
             "a span is none of those entered");
        must(watch,
             n >= written->enters || span->start_ns + 10 >= written->ns[n],
             "a span starts before its record");
    }
    return spy_open(&watch->spy, span);
}

static int
watch_close(void *context, const struct span *span)
{
    struct watch *watch = context;
    uint64_t length = span->end_ns - span->start_ns;
    uint64_t inside = watch->inside[watch->depth--];
    pass(watch, span->end_ns);
    must(watch, inside <= length, "calls are longer than what they are in");
    watch->self_ns += length - inside;
    watch->inside[watch->depth] += length;
    bool said = span->closed <= CLOSE_YIELD || span->closed == CLOSE_CONTROL;
    watch->named += said && span->function->kind == FUNCTION_SPAN;
    watch->seen += said && span->function->kind != FUNCTION_TRACER;
    return spy_close(&watch->spy, span);
}

static int
watch_gap(void *context, uint64_t start_ns, uint64_t end_ns)
{
    struct watch *watch = context;
    pass(watch, start_ns);
    pass(watch, end_ns);
    return spy_gap(&watch->spy, start_ns, end_ns);
}

static const struct track_visitor watcher = {
    .open = watch_open, .close = watch_close, .gap = watch_gap};

static int
watch_leaf(void *context, const struct span *span)
{
    struct span begun = *span;
    begun.end_ns = 0;
    begun.closed = CLOSE_UNFINISHED;
    int result = watch_open(context, &begun);
    return result == 0 ? watch_close(context, span) : result;
}

static const struct track_visitor leaf_watcher = {.open = watch_open,
                                                  .close = watch_close,
                                                  .leaf = watch_leaf,
                                                  .gap = watch_gap};

/* == WHAT HOLDS ============================================================= */

static void
check(struct watch *watch, const struct trace *trace)
{
    const struct written *written = watch->written;
    const uint64_t *count = trace->troubles.count;
    uint32_t exits = written->exits + written->unopened + written->unseen;
    uint64_t told = watch->seen + count[TROUBLE_STRAY];
    must(watch, watch->spy.wrong == 0 && watch->spy.depth == 0,
         "times or depths are not in order");
    must(watch, watch->entered == written->enters,
         "an entered call is missing");
    must(watch, watch->before <= written->before + written->unopened,
         "a call is made up");
    must(watch, watch->deepest <= written->enters + watch->before + 1,
         "it is deeper than calls were entered");
    must(watch, watch->self_ns == watch->inside[0],
         "self times do not add up to what is open");
    must(watch, watch->inside[0] <= watch->last_ns - watch->first_ns,
         "calls are longer than the track");
    must(watch, count[TROUBLE_GAP] == written->gaps, "a gap is not counted");
    must(watch,
         written->named || (told <= exits && told + written->unseen >= exits &&
                            told + count[TROUBLE_UNSEEN] >= exits),
         "an exit is neither used nor counted");
    must(watch, trace->anomalies == trouble_anomalies(&trace->troubles),
         "the sums differ");
}

/* Once more, by who takes a call in which nothing happens at once. */
static void
check_again(struct watch *watch, struct trace *trace)
{
    static struct watch again;
    memset(&again, 0, sizeof again);
    spy_begin(&again.spy);
    again.written = watch->written;
    must(watch,
         track_read(trace, trace->tracks[0], &leaf_watcher, &again) == 0 &&
             strcmp(again.spy.text, watch->spy.text) == 0,
         "it is not the same a second time");
}

static void
test_any_order(void)
{
    static struct watch watch;
    static struct written written;
    unsigned wrong = 0;
    for (int i = 0; i < SEQUENCES && wrong == 0; i++) {
        struct trace *trace = make(&written);
        memset(&watch, 0, sizeof watch);
        spy_begin(&watch.spy);
        watch.written = &written;
        must(&watch, track_read(trace, trace->tracks[0], &watcher, &watch) == 0,
             "it can't be read");
        check(&watch, trace);
        check_again(&watch, trace);
        if (watch.wrong != NULL) {
            printf("# sequence %d: %s\n# %s\n", i, watch.wrong, watch.spy.text);
            wrong++;
        }
        trace_close(trace);
    }
    tap_ok(wrong == 0, "whatever the order of the records, no call is made up");
}

/* == ONE WRONG EXIT AMONG RIGHT RECORDS ===================================== */

struct event {
    enum spool_kind kind;
    uint32_t id;
};

/* Calls that nest as they should, no function twice on the stack; *open says
 * which of f1 to f4 are open before event number at. */
static uint32_t
make_right(struct event *events, uint32_t at, uint32_t *open)
{
    uint32_t stack[4], depth = 0, count = 0;
    while (count < RECORDS) {
        uint32_t id = 1 + chance(4), used = 0;
        for (uint32_t i = 0; i < depth; i++)
            used |= 1u << stack[i];
        if (count == at)
            *open = used;
        if (depth > 0 && (depth == 4 || chance(2) || (used & 1u << id)))
            events[count++] = (struct event){SPOOL_EXIT, stack[--depth]};
        else if (!(used & 1u << id))
            events[count++] =
                (struct event){SPOOL_ENTER_PYTHON, stack[depth++] = id};
    }
    while (depth > 0)
        events[count++] = (struct event){SPOOL_EXIT, stack[--depth]};
    return count;
}

/* Their spans as text, with an exit of id (0: none) before number at. */
static const char *
tell(struct spy *spy, const struct event *events, uint32_t count, uint32_t at,
     uint32_t id, uint64_t *strays)
{
    struct forge forge;
    put_names(&forge);
    forge_open_chunk(
        &forge, (struct forge_chunk){
                    .kind = SPOOL_TRACK, .pid = 100, .tid = 100, .track = 1});
    for (uint32_t i = 0; i < count; i++) {
        if (i == at && id != 0)
            forge_record(&forge, SPOOL_EXIT, id, 100 * i + 95);
        forge_record(&forge, events[i].kind, events[i].id, 100 * i + 100);
    }
    struct trace *trace = open_forged(&forge);
    spy_read(spy, trace, trace->tracks[0]);
    *strays = trace->troubles.count[TROUBLE_STRAY];
    trace_close(trace);
    return spy->wrong == 0 ? spy->text : "wrong";
}

static void
test_one_stray(void)
{
    static struct spy plain, other;
    static struct event events[RECORDS + 8];
    unsigned wrong = 0;
    for (int i = 0; i < SEQUENCES / 8; i++) {
        uint32_t at = chance(RECORDS), open = 0, id = 1 + chance(4);
        uint32_t count = make_right(events, at, &open);
        uint64_t none, strays;
        if ((open >> id & 1) &&
            (events[at].kind != SPOOL_EXIT || events[at].id == id))
            continue; /* it may be the innermost call's, which it would end */
        const char *expected = tell(&plain, events, count, at, 0, &none);
        const char *got = tell(&other, events, count, at, id, &strays);
        if (none != 0 || strays != 1 || strcmp(expected, got) != 0) {
            if (wrong++ == 0)
                printf("# f%u before %u:\n# %s\n# %s\n", id, at, expected, got);
        }
    }
    tap_ok(wrong == 0, "an exit that fits nothing changes no other span");
}

int
main(void)
{
    test_any_order();
    test_one_stray();
    return tap_done();
}
