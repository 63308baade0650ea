/* SPDX-License-Identifier: Apache-2.0
 *
 * throttle.c: see throttle.h.  A function is known by the id in its records; which
 * code that is shows when it is called next.  So after each decision, and in each
 * probe, all calls are looked at with care for a while (monitoring_throttle).
 */
#include "agent/cpython/hooks/throttle.h"

#include "agent/base/lock.h"
#include "agent/cpython/abi/interpreter.h"
#include "agent/cpython/names/throttled.h"
#include "agent/store/entry.h"
#include "agent/track/threads.h"
#include "agent/track/tick.h"
#include "agent/track/toll.h"
#include "formats/spool/clock.h"

#define FEWEST   256 /* calls that say something */
#define LEAST    16  /* calls of a function among them */
#define SELDOM   1   /* calls in a probe: a function is let in again */
#define SHARE    0.4 /* of what is allowed is used for what can be counted */
#define CARE_NS  5e6 /* all are looked at for so long */
#define PROBE_NS 2e6 /* and let in for so long */
/* Of the process's processor time, from one probe to the next: each makes the
 * interpreter see to all code that runs. */
#define BETWEEN_NS 1000000000u
#define SURE_NS    5e6 /* before that nobody knows how fast the clock ticks */

bool throttle_is_on;
const char throttle_needs[] =
    "--max-overhead needs Python 3.12 or newer, and has no effect";

static struct {
    double share;
    struct toll_price price;
    uint64_t begin_ticks, begin_ns; /* at the same time */
    uint64_t since_ticks; /* what was recorded before says nothing any more */
    uint64_t care_until, probe_begin, probe_until;
    uint64_t probe_at_ns;        /* of processor time; 0: not yet */
    const struct thread *prober; /* whose probe was not judged yet */
    bool cares, admitted, wants_care, wants_probe;
} throttle;

/* == WHICH ================================================================ */

static void
choose(const struct toll_function *function, const struct toll *toll,
       uint64_t ticks)
{
    if (!throttled_add(function->id))
        return;
    /* On a busy machine the thread may have run longer than it seems. */
    double took_ns = (double)toll->span_ticks / throttle.price.ticks_per_ns;
    double cost_ns = toll_cost_ns(toll, &throttle.price);
    double seconds = (took_ns > cost_ns ? took_ns : cost_ns) / 1e9;
    entry_append_throttled(function->id, ticks,
                           (uint64_t)(function->calls / seconds));
}

static bool
knows_rate(uint64_t ticks)
{
    uint64_t passed = clock_nanoseconds(CLOCK_MONOTONIC) - throttle.begin_ns;
    if (passed < SURE_NS)
        return false;
    throttle.price.ticks_per_ns =
        (double)(ticks - throttle.begin_ticks) / (double)passed;
    return true;
}

static uint64_t
after(uint64_t ticks, double ns)
{
    return ticks + (uint64_t)(ns * throttle.price.ticks_per_ns);
}

/* == WHO IS LET IN AGAIN ================================================== */

static uint32_t
calls_of(const struct toll *toll, uint32_t id)
{
    for (uint32_t i = 0; i < toll->count; i++)
        if (toll->functions[i].id == id)
            return toll->functions[i].calls;
    return 0;
}

static void
admit(uint32_t id, uint64_t ticks)
{
    if (!throttled_remove(id))
        return;
    throttle.admitted = true;
    entry_append_throttled(id, ticks, 0);
}

/* Who was hardly called in the probe is not frequent any more. */
static void
admit_rare(const struct toll *toll, uint64_t ticks)
{
    for (uint32_t id = throttled_next(0); id < THROTTLED_IDS;
         id = throttled_next(id + 1))
        if (calls_of(toll, id) <= SELDOM)
            admit(id, ticks);
}

/* == LOOKING ============================================================== */

static struct {
    struct lock lock;
    struct toll toll;
} measure;

/* What of the time since its last look the thread ran.  At that the limit is: the
 * work of a service that mostly waits is not to take twice as long. */
static double
busy_share(struct thread *thread, uint64_t ticks)
{
    uint64_t cpu_ns = clock_thread_nanoseconds();
    double wall_ns =
        (double)(ticks - thread->toll_ticks) / throttle.price.ticks_per_ns;
    double share = thread->toll_ticks
                       ? (double)(cpu_ns - thread->toll_cpu_ns) / wall_ns
                       : 1;
    thread->toll_ticks = ticks;
    thread->toll_cpu_ns = cpu_ns;
    return share < 0.01 ? 0.01 : share < 1 ? share : 1;
}

static void
decide(struct thread *thread, uint64_t ticks)
{
    struct toll *toll = &measure.toll;
    double busy = busy_share(thread, ticks);
    if (!toll_may_be_high(thread, ticks, busy, &throttle.price,
                          throttle.share * SHARE))
        return;
    lock_acquire(&measure.lock);
    toll_read(thread, throttle.since_ticks, ticks, toll);
    toll->span_ticks = (uint64_t)((double)toll->span_ticks * busy);
    if (toll->python_calls + toll->c_calls >= FEWEST) {
        uint32_t count =
            toll_surplus(toll, &throttle.price, throttle.share * SHARE, LEAST);
        for (uint32_t i = 0; i < count; i++)
            choose(&toll->functions[i], toll, ticks);
        throttle.wants_care = throttle.wants_care || count > 0;
        if (count)
            throttle.since_ticks = ticks;
    }
    lock_release(&measure.lock);
}

/* By what the thread recorded that opened it, which ran in it: another one may not
 * have. */
static void
judge_probe(const struct thread *thread, uint64_t ticks)
{
    throttle.prober = NULL;
    if (!thread->chunk || thread->chunk->base_ticks > throttle.probe_begin)
        return; /* it was packed meanwhile: nobody knows */
    lock_acquire(&measure.lock);
    toll_read(thread, throttle.probe_begin, throttle.probe_until,
              &measure.toll);
    admit_rare(&measure.toll, ticks);
    lock_release(&measure.lock);
}

void
throttle_look(struct thread *thread, uint64_t ticks)
{
    if (!throttle.price.python_ns || !knows_rate(ticks))
        return;
    if (throttle.cares && ticks < throttle.care_until)
        return;
    if (throttle.prober == thread)
        judge_probe(thread, ticks);
    if (!throttle.cares && throttle.share > 0)
        decide(thread, ticks);
    if (throttle.probe_at_ns &&
        clock_nanoseconds(CLOCK_PROCESS_CPUTIME_ID) > throttle.probe_at_ns &&
        throttled_next(0) < THROTTLED_IDS)
        throttle.wants_probe = true;
    if (throttle.wants_care || throttle.wants_probe || throttle.cares)
        tick_call_attention(thread);
}

/* == DOING ================================================================ */

struct throttle_orders
throttle_act(void)
{
    struct throttle_orders orders = {throttle.cares, false};
    uint64_t ticks = clock_ticks(spool_clock_kind);
    if (!throttle_is_on)
        return orders;
    if (throttle.cares && ticks >= throttle.care_until) {
        orders.care = throttle.cares = false;
        throttle.since_ticks = ticks;
    }
    orders.restart = throttle.admitted || throttle.wants_probe;
    throttle.admitted = false; /* what they disabled since the probe, too */
    if (!throttle.wants_care && !throttle.wants_probe)
        return orders;
    throttle.care_until = after(ticks, CARE_NS);
    if (throttle.wants_probe) {
        throttle.prober = thread_own;
        throttle.probe_begin = ticks;
        throttle.probe_until = after(ticks, PROBE_NS);
        throttle.care_until = after(throttle.probe_until, CARE_NS);
    }
    if (throttle.wants_probe || !throttle.probe_at_ns)
        throttle.probe_at_ns =
            clock_nanoseconds(CLOCK_PROCESS_CPUTIME_ID) + BETWEEN_NS;
    throttle.wants_care = throttle.wants_probe = false;
    orders.care = throttle.cares = true;
    return orders;
}

bool
throttle_probes(void)
{
    return throttle.probe_until &&
           clock_ticks(spool_clock_kind) < throttle.probe_until;
}

/* == PASSING OVER ========================================================= */

/* Whose threads are not in an event: this one has the GIL. */
static void
lose(struct thread *thread, void *key)
{
    for (struct call *call = thread->top; call-- > thread->bottom;)
        if (call->key == key) {
            call->word |= CALL_LOST;
            if ((call->word & 15) != SPOOL_ENTER_C)
                call->key = (const void *)((uintptr_t)key | 1);
            if (thread->limit > call)
                thread->limit = call + 1;
        }
}

/* What is open of it may not be closed by the end of a call of it that was not seen
 * to start.  Where nothing is open in it, it ends here. */
static void
lose_open(struct thread *thread, PyObject *code)
{
    while (thread->top > thread->bottom && thread->top[-1].key == code)
        record_exit(thread, code, SPOOL_EXIT_UNSEEN,
                    clock_ticks(spool_clock_kind));
    threads_for_each(lose, code);
}

void
throttle_close_lost(struct thread *thread, const void *key)
{
    if (thread->top > thread->bottom && thread->top[-1].word & CALL_LOST &&
        record_is_open(thread, key))
        record_close_lost(thread, key);
}

bool
throttle_passes(struct thread *thread, PyObject *code)
{
    uint64_t word = code_word(code);
    record_close_lost(thread, NULL);
    if ((word & CODE_TAG_MASK) != CODE_NAMED ||
        !throttled_has(RECORD_ID((uint32_t)word) >> SPOOL_KIND_BITS)) {
        if (word & CODE_THROTTLED)
            extra_set(code, word & ~CODE_THROTTLED);
        return false;
    }
    if (!(word & CODE_THROTTLED)) {
        if (!CODE_PLAIN(word & ~CODE_COROUTINE))
            return false;
        extra_set(code, word | CODE_THROTTLED);
    }
    if (throttle_probes())
        return false;
    lose_open(thread, code);
    return true;
}

void
throttle_exit(struct thread *thread, PyObject *code, enum spool_kind kind)
{
    record_close_lost(thread, NULL);
    record_exit(thread, code, kind, clock_ticks(spool_clock_kind));
}

bool
throttle_passes_exit(PyObject *code)
{
    uint32_t id = RECORD_ID((uint32_t)code_word(code)) >> SPOOL_KIND_BITS;
    if (throttle_probes() || !throttled_has(id))
        return false;
    threads_for_each(lose, code);
    return true;
}

bool
throttle_passes_c(struct thread *thread, const struct c_callable *callable)
{
    uint32_t word = c_function_word(callable, thread);
    if (!C_FUNCTION_RECORD(word))
        return false;
    bool chosen = throttled_has(RECORD_ID(word) >> SPOOL_KIND_BITS);
    if (chosen == C_FUNCTION_IS_RECORDED(word))
        c_function_throttle(callable, chosen);
    if (!chosen)
        return false;
    if (throttle_probes())
        return false;
    threads_for_each(lose, (void *)(uintptr_t)callable->definition);
    return true;
}

bool
throttle_ignores(PyObject *callable)
{
    PyObject *code = code_of_callable(callable);
    return !code || code_word(code) & CODE_THROTTLED;
}

/* == BEGIN ================================================================ */

void
throttle_forget(void)
{
    throttled_clear();
    throttle.since_ticks = clock_ticks(spool_clock_kind);
}

void
throttle_open(uint32_t per_mille)
{
    throttle_is_on = per_mille > 0;
    throttle.share = per_mille / 1000.0;
}

static void
begin_looking(void)
{
    throttle.begin_ticks = clock_ticks(spool_clock_kind);
    throttle.begin_ns = clock_nanoseconds(CLOCK_MONOTONIC);
    tick_add(throttle_look);
}

void
throttle_set_price(uint64_t python_ps, uint64_t c_ps)
{
    throttle.price.python_ns = (double)python_ps / 1000;
    throttle.price.c_ns = (double)c_ps / 1000;
    if (!throttle_is_on)
        return;
    if (py.minor < 12) {
        throttle_is_on = false;
        entry_append_lasting_note(throttle_needs);
        return;
    }
    begin_looking();
}

/* Until all was looked at once more: what is told of them is told by then. */
static void
admit_all(void)
{
    uint64_t ticks = clock_ticks(spool_clock_kind);
    for (uint32_t id = throttled_next(0); id < THROTTLED_IDS;
         id = throttled_next(id + 1))
        admit(id, ticks);
    throttle.wants_care |= throttle.admitted;
}

bool
throttle_bound(uint32_t per_mille)
{
    if (py.minor < 12 || throttle.price.python_ns <= 0)
        return false;
    throttle.share = per_mille / 1000.0;
    if (!throttle_is_on && per_mille > 0) {
        throttle_is_on = true;
        throttle.since_ticks = clock_ticks(spool_clock_kind);
        begin_looking();
    }
    if (per_mille == 0)
        admit_all();
    return true;
}
