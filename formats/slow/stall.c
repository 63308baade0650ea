/* SPDX-License-Identifier: Apache-2.0
 *
 * stall.c: see stall.h.  How many stalls of each size are to be expected in a
 * function is learnt from all other functions, and from how long the program waited
 * for a processor in all.  It is believed to be slow by itself where chance would
 * do the same to one recording in three hundred at most.
 */
#include "formats/slow/stall.h"

#define LEAST_NS 32768.0 /* shorter ones are nobody's trouble */
#define LONGEST_NS \
    10e6 /* a usual call of more says little about interruptions */
#define FEW_CALLS     8    /* of fewer the usual is not known well */
#define PRIOR_NS      20e6 /* so much time is the known rate worth */
#define LONG_TURN_NS  20e6
#define SHORT_TURN_NS 2e6  /* of others */
#define PEAK_NS       10e6 /* longer than a turn of another thread */
#define QUIET_SHARE   0.02 /* of work, in stalls where nobody else runs */
#define SHORT_WAKING_NS \
    0.5e6             /* to be woken takes longer, if anything is to tell */
#define REACH       4 /* sizes: two octaves are looked at together */
#define PLACES_LOG2 2 /* in a size, where calls can be of one length */
#define CHANCE_LOG2 (-8.2) /* one in three hundred */

/* -- arithmetic without libm ---------------------------------------------- */

/* Within 0.01. */
static double
log2_of(double value)
{
    union {
        double value;
        uint64_t bits;
    } parts = {value};
    double exponent = (double)(int64_t)(parts.bits >> 52) - 1023;
    parts.bits = (parts.bits & 0xfffffffffffffu) | (1023ull << 52);
    double x = parts.value;
    return exponent - 2.1536 + (3.0478 - (1.0518 - 0.1581 * x) * x) * x;
}

static double
size_ns(unsigned size)
{
    double ns = LEAST_NS * (double)(1ull << size / 2);
    return size & 1 ? ns * 1.41421356 : ns;
}

/* -- what interrupts ------------------------------------------------------- */

/* Stalls as long or longer in a nanosecond of work where nobody else runs: 20 a
 * second of 1 ms, and hardly one of 10 ms. */
static double
quiet_rate(double ns)
{
    double ms = ns / 1e6;
    return ms < 1 ? 20e-9 / ms : 20e-9 / (ms * ms * ms);
}

/* Python's threads take turns: whoever ran for 5 ms waits for all others, each of
 * which may be interrupted itself. */
static double
turn_rate(const struct stall_machine *machine, double ns)
{
    double others = machine->contenders - 1, rate = 200e-9, half_ns;
    if (others < 0.1)
        return 0;
    if (others < 1)
        rate *= others;
    half_ns = 10e6 * (others > 1 ? others : 1) *
              (1 + machine->delay_ns / machine->cpu_ns);
    for (; ns > half_ns; ns -= half_ns)
        rate /= 2;
    return rate * (1 - ns / half_ns / 2);
}

/* -- counting ---------------------------------------------------------------- */

struct evidence {
    const struct stall_machine *machine;
    double stalls[STALL_SIZES]; /* as long or longer */
    double exposure_ns;
    double waits;                        /* calls that wait for the world */
    double work_ns;                      /* in all others */
    double work_delay_ns, wait_delay_ns; /* of the machine's */
    bool told;                           /* by the kernel */
};

static uint32_t
last_bin(const struct spread *self)
{
    return (uint32_t)self->first + self->room;
}

/* Where the usual ends: twice what most calls take. */
static void
set_usual(struct stall *stall)
{
    double median = spread_ns(spread_quantile(&stall->self, 0.5));
    double most = 2 * spread_ns(spread_quantile(&stall->self, 0.6));
    double least = median + LEAST_NS > most ? median + LEAST_NS : most;
    stall->usual_ns = median;
    stall->least_ns = spread_least_ns(spread_bin((uint64_t)least) + 1);
    stall->real = 0;
    stall->exposure_ns = 0;
    for (uint32_t bin = stall->self.first; bin < last_bin(&stall->self);
         bin++) {
        double ns = spread_ns(bin) > stall->least_ns ? median : spread_ns(bin);
        double count = (double)spread_count(&stall->self, bin);
        stall->exposure_ns += count * (ns < LONGEST_NS ? ns : LONGEST_NS);
    }
}

static bool
waits(const struct stall *stall)
{
    return stall->outside && stall->usual_ns > STALL_WAITS_NS;
}

static double
count_bins(const struct stall *stall, double ns, uint64_t sizes)
{
    double count = 0;
    for (uint32_t bin = last_bin(&stall->self); bin-- > stall->self.first;) {
        double extra_ns = spread_ns(bin) - stall->usual_ns;
        if (spread_least_ns(bin) < stall->least_ns || extra_ns < ns)
            break;
        if (sizes >> stall_size((uint64_t)extra_ns) & 1)
            count += (double)spread_count(&stall->self, bin);
    }
    return count;
}

/* Stalls of at least that size. */
static double
count_stalls(const struct stall *stall, double ns)
{
    return count_bins(stall, ns, UINT64_MAX);
}

/* What it does by itself is not evidence. */
static double
count_noise(const struct stall *stall, double ns)
{
    return count_bins(stall, ns, ~stall->real);
}

static double
sum_of(const struct spread *self)
{
    double sum = 0;
    for (uint32_t bin = self->first; bin < last_bin(self); bin++)
        sum += (double)spread_count(self, bin) * spread_ns(bin);
    return sum;
}

static void
add_evidence(struct evidence *evidence, const struct stall *stall, double sign)
{
    double calls = (double)spread_total(&stall->self);
    if (waits(stall))
        evidence->waits += sign * calls;
    else
        evidence->work_ns += sign * sum_of(&stall->self);
    if (calls < FEW_CALLS)
        return;
    evidence->exposure_ns += sign * stall->exposure_ns;
    for (unsigned size = 0; size < STALL_SIZES; size++)
        evidence->stalls[size] += sign * count_noise(stall, size_ns(size));
}

/* -- judging ----------------------------------------------------------------- */

/* The logarithm of the chance that as many stalls happen where so many are
 * expected, or somewhat more than that (Chernoff). */
static double
chance_log2(double count, double expected)
{
    double bound;
    if (expected >= count)
        return 0;
    bound = (count - expected) * 1.442695 -
            count * (log2_of(count) - log2_of(expected));
    if (count <= 1 && log2_of(expected) < bound)
        return log2_of(expected);
    return bound;
}

/* Of 0 to 1; within a few percent. */
static double
root_of(double value)
{
    double root = 1;
    for (int i = 0; i < 8; i++)
        root = (root + value / root) / 2;
    return root;
}

/* How many of the function's calls that wait for the world can have been woken so
 * much too late: as many as the delay suffices for at most, and fewer where that is
 * many times the mean. */
static double
late_wakings(const struct stall *stall, const struct evidence *all, double ns)
{
    double mean_ns =
        all->wait_delay_ns / (all->waits + all->machine->other_waits);
    double delay_ns = mean_ns * (double)spread_total(&stall->self);
    double most = delay_ns / (ns > SHORT_WAKING_NS ? ns : SHORT_WAKING_NS);
    return 4 * mean_ns < ns ? most * root_of(4 * mean_ns / ns) : most;
}

/* How often the function can have been interrupted for as long: its share of the
 * delay follows from its share of the time.  It comes in heaps, so twice as much. */
static double
turns_of_others(const struct stall *stall, const struct evidence *all,
                double ns)
{
    double share = stall->exposure_ns / all->machine->cpu_ns;
    double delay_ns = 2 * all->work_delay_ns * (share < 1 ? share : 1);
    return delay_ns / (ns > SHORT_TURN_NS ? ns : SHORT_TURN_NS);
}

/* Hardly any delay is many times as long as others' turns. */
static double
delays(const struct stall *stall, const struct evidence *all, double ns)
{
    double times = ns / LONG_TURN_NS;
    double count = waits(stall) ? late_wakings(stall, all, ns)
                                : turns_of_others(stall, all, ns);
    return times > 1 ? 2 * count / (1 + times * times) : count;
}

static double
expected_stalls(const struct stall *stall, const struct evidence *all,
                const struct evidence *others, unsigned size)
{
    double ns = size_ns(size);
    double learnt = (others->stalls[size] + quiet_rate(ns) * PRIOR_NS) /
                    (others->exposure_ns + PRIOR_NS);
    return stall->exposure_ns * (learnt + turn_rate(all->machine, ns)) +
           delays(stall, all, ns);
}

/* Interruptions are of any size, at least those that are longer than the turns of
 * others.  So where nearly all stalls are within one octave, they are none: of them
 * at most one in four would be.  What waits is often somewhat late; there those
 * count that are up to two octaves shorter. */
static double
crowded_log2(const struct stall *stall, const struct evidence *all,
             unsigned size)
{
    bool alone = all->machine->contenders < 1.5;
    double shortest_ns = alone && waits(stall) ? 4e6 : 20e6;
    double from_ns = waits(stall) && size >= REACH ? size_ns(size - REACH) : 0;
    if (size_ns(size) < shortest_ns)
        return 0;
    double in = count_stalls(stall, size_ns(size)) -
                count_stalls(stall, size_ns(size + 2));
    double out = count_stalls(stall, from_ns) - in;
    return chance_log2(in, (out + 1) / 3);
}

/* Who sleeps or waits up to a time wakes right then, or late: a real wait shows as
 * many calls of just its length.  Being late has no such length, but for turns of
 * others, which are shorter.  The later the rarer: a quarter of an octave has a
 * quarter of those up to an octave shorter, at most. */
static double
peaked_log2(const struct stall *stall, unsigned size)
{
    double ns = stall->usual_ns + size_ns(size), in = 0;
    if (!stall->known_wait || !waits(stall) || size_ns(size) < PEAK_NS)
        return 0;
    uint32_t first = spread_bin((uint64_t)ns), at = first;
    for (uint32_t bin = first; bin < first + STALL_SIZE_BINS; bin++) {
        double count = (double)(spread_count(&stall->self, bin) +
                                spread_count(&stall->self, bin + 1));
        at = count > in ? bin : at;
        in = count > in ? count : in;
    }
    double shorter = 0;
    for (uint32_t i = 1; i <= SPREAD_OCTAVE && i <= at; i++)
        shorter += (double)spread_count(&stall->self, at - i);
    return chance_log2(in, (shorter + 1) / 4) + PLACES_LOG2;
}

/* How long the stalls were, all together. */
static double
noise_ns(const struct evidence *others)
{
    double sum_ns = 0;
    for (unsigned size = 0; size + 1 < STALL_SIZES; size++)
        sum_ns += (others->stalls[size] - others->stalls[size + 1]) *
                  size_ns(size + 1);
    return sum_ns;
}

/* How likely it is that all its stalls took so long together, in units of the
 * longest one, if most of that is in these two octaves.  Not known of what waits,
 * nor where threads take turns. */
static double
total_log2(const struct stall *stall, const struct evidence *all,
           const struct evidence *others, unsigned size)
{
    double sum_ns = 0, in_ns = 0, unit_ns = LONG_TURN_NS;
    double share = stall->exposure_ns / all->machine->cpu_ns;
    if (!all->told || waits(stall) || all->machine->contenders >= 1.5)
        return 0;
    for (uint32_t bin = last_bin(&stall->self); bin-- > stall->self.first;) {
        double extra_ns = spread_ns(bin) - stall->usual_ns;
        if (spread_least_ns(bin) < stall->least_ns)
            break;
        double ns = extra_ns * (double)spread_count(&stall->self, bin);
        if (ns > 0 && extra_ns > unit_ns)
            unit_ns = extra_ns;
        sum_ns += ns;
        in_ns += stall_size((uint64_t)extra_ns) - size < REACH ? ns : 0;
    }
    if (in_ns < sum_ns / 2)
        return 0;
    double learnt = (noise_ns(others) + QUIET_SHARE * PRIOR_NS) /
                    (others->exposure_ns + PRIOR_NS);
    double expected_ns = 2 * all->work_delay_ns * (share < 1 ? share : 1) +
                         stall->exposure_ns * learnt;
    return chance_log2(sum_ns / unit_ns, expected_ns / unit_ns);
}

static double
least_of(double one, double other)
{
    return one < other ? one : other;
}

/* all is of all functions.  How likely as many stalls in these two octaves are: how
 * likely it is to find a function like this among all depends on its share of them. */
static double
judge_size(const struct stall *stall, const struct evidence *all,
           const struct evidence *others, unsigned size)
{
    double share = 0, count = count_stalls(stall, size_ns(size)) -
                              count_stalls(stall, size_ns(size + REACH));
    if (count == 0)
        return 0;
    if (stall->exposure_ns < all->exposure_ns)
        share = log2_of(all->exposure_ns / (stall->exposure_ns + 1));
    double expected = expected_stalls(stall, all, others, size);
    double chance = least_of(chance_log2(count, expected),
                             total_log2(stall, all, others, size));
    /* On a busy machine the turns of others are long, and much alike. */
    chance = least_of(chance, peaked_log2(stall, size));
    if (waits(stall) || count > 2 * expected)
        chance = least_of(chance, crowded_log2(stall, all, size));
    return chance + share;
}

static void
judge(struct stall *stall, const struct evidence *all)
{
    struct evidence others = *all;
    uint64_t reach = (1u << REACH) - 1, real = 0;
    add_evidence(&others, stall, -1);
    for (unsigned size = 0; size < STALL_SIZES; size++) {
        if (count_stalls(stall, size_ns(size)) == 0)
            break;
        if (judge_size(stall, all, &others, size) <= CHANCE_LOG2)
            real |= reach << size;
    }
    stall->real = real;
}

/* Work took as long as it ran, and as it waited for a processor; the rest of that
 * delayed those who had waited for the world. */
static void
part_delay(struct evidence *all, struct stall_machine *machine)
{
    all->told = machine->cpu_ns > 0;
    if (!all->told) { /* not known: as if somebody else ran, too */
        machine->cpu_ns = all->exposure_ns + 1;
        machine->delay_ns = machine->cpu_ns / 4;
    }
    double work = all->work_ns + machine->other_ns - machine->cpu_ns;
    double most = 0.9 * machine->delay_ns;
    all->work_delay_ns = work < 0 ? 0 : work < most ? work : most;
    all->wait_delay_ns = machine->delay_ns - all->work_delay_ns;
    if (all->work_delay_ns < machine->delay_ns / 2)
        all->work_delay_ns = machine->delay_ns / 2;
}

void
stall_judge(struct stall *stalls, uint32_t count,
            const struct stall_machine *machine)
{
    enum {
        ROUNDS = 2 /* the second one knows what the first one found */
    };
    for (uint32_t i = 0; i < count; i++)
        set_usual(&stalls[i]);
    for (int round = 0; round < ROUNDS; round++) {
        struct stall_machine known = *machine;
        struct evidence all = {.machine = &known};
        for (uint32_t i = 0; i < count; i++)
            add_evidence(&all, &stalls[i], 1);
        part_delay(&all, &known);
        for (uint32_t i = 0; i < count; i++)
            if (stalls[i].self.room > 0)
                judge(&stalls[i], &all);
    }
}
