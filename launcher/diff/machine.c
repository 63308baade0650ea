/* SPDX-License-Identifier: Apache-2.0
 *
 * machine.c: medians over the functions that both recordings have many calls of,
 * and what Linux counts.  See machine.h.
 */
#include "launcher/diff/machine.h"

#include <math.h>
#include <stdlib.h>

enum {
    TELLING_CALLS = 10, /* of a function that can tell */
    TELLING_FUNCTIONS = 8
};
#define TELLING_NS 300.0 /* of a call, the floor included */
#define TURN_NS    1e6   /* of others, while one waits: hardly any is shorter */
#define ROUND_NS   4e6   /* and hardly any longer */

/* == MEDIANS =============================================================== */

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What a function that can tell says. */
struct witness {
    double difference, deviation;
};

static bool
can_tell(const struct durations *durations, const struct estimate *typical)
{
    return durations->calls >= TELLING_CALLS &&
           typical->mean >= log(TELLING_NS);
}

static bool
hear(const struct pair *pair, struct witness *witness)
{
    struct durations before = durations_of_self(&pair->sums[BEFORE]);
    struct durations after = durations_of_self(&pair->sums[AFTER]);
    if (before.calls < TELLING_CALLS || after.calls < TELLING_CALLS)
        return false;
    struct estimate a = durations_typical(&before);
    struct estimate b = durations_typical(&after);
    *witness = (struct witness){b.mean - a.mean, sqrt(a.variance + b.variance)};
    return can_tell(&before, &a) && can_tell(&after, &b);
}

static double
median_difference(const struct witness *witnesses, size_t count, double *room)
{
    for (size_t i = 0; i < count; i++)
        room[i] = witnesses[i].difference;
    qsort(room, count, sizeof *room, compare);
    return room[count / 2];
}

/* What is left of a difference without the speed and its own spread. */
static double
median_rest(const struct witness *witnesses, size_t count, double speed,
            double *room)
{
    for (size_t i = 0; i < count; i++)
        room[i] = fmax(0, fabs(witnesses[i].difference - speed) -
                              witnesses[i].deviation);
    qsort(room, count, sizeof *room, compare);
    return room[count / 2];
}

static void
compare_speeds(struct machine *machine, const struct pair *pairs,
               uint32_t count)
{
    struct witness *witnesses = calloc((size_t)count + 1, sizeof *witnesses);
    double *room = calloc((size_t)count + 1, sizeof *room);
    size_t used = 0;
    for (uint32_t i = 0; witnesses && room && i < count; i++)
        used += hear(&pairs[i], &witnesses[used]);
    if (used >= TELLING_FUNCTIONS) {
        machine->speed = median_difference(witnesses, used, room);
        machine->ordinary = median_rest(witnesses, used, machine->speed, room);
    }
    free(witnesses);
    free(room);
}

struct machine
machine_of(const struct pair *pairs, uint32_t count,
           const struct ledger ledgers[SIDES])
{
    struct machine machine = {.speed = 0};
    compare_speeds(&machine, pairs, count);
    for (int side = BEFORE; side < SIDES; side++) {
        const struct ledger_head *head = &ledgers[side].head;
        machine.delays[side] = (double)head->delay_ns;
        if (head->cpu_ns > 0)
            machine.waits[side] = (double)head->delay_ns / (double)head->cpu_ns;
    }
    return machine;
}

/* == WAITING FOR A PROCESSOR =============================================== */

/* The logarithms of how much longer calls are that take ns, where so much is waited
 * for a nanosecond on the processor.  Short calls are interrupted rarely, by much;
 * a typical one is not.  Long ones all take their share of the waiting. */
static double
typical_work(double waits, double ns)
{
    double turns = ns / TURN_NS;
    return fmin(log1p(waits), turns * waits * log1p(1 / turns));
}

/* All calls together wait no longer than the processes did. */
static double
average_waking(const struct machine *machine, int side, double ns, double calls)
{
    double late_ns =
        fmin(machine->waits[side] * ROUND_NS, machine->delays[side] / calls);
    return log1p(late_ns / ns);
}

static double
typical_waking(const struct machine *machine, int side, double ns, double calls)
{
    double waits = machine->waits[side];
    double late_ns =
        fmin((1 + waits) * ROUND_NS, machine->delays[side] / calls);
    return waits / (1 + waits) * log1p(late_ns / ns);
}

static struct bounds
bounds_of(double speed, double waiting)
{
    double both = speed + waiting;
    return (struct bounds){fmin(0, fmin(speed, both)),
                           fmax(0, fmax(speed, both))};
}

/* Who wakes up finds a processor at once, or after a round of all others: nobody
 * can tell which it was. */
static void
widen(struct bounds *bounds, double before, double after)
{
    bounds->least = fmin(bounds->least, -before);
    bounds->most = fmax(bounds->most, after);
}

struct bounds
machine_average(const struct machine *machine, double ns, const double *calls)
{
    const double *waits = machine->waits;
    struct bounds bounds =
        bounds_of(machine->speed, log1p(waits[AFTER]) - log1p(waits[BEFORE]));
    if (calls)
        widen(&bounds, average_waking(machine, BEFORE, ns, calls[BEFORE]),
              average_waking(machine, AFTER, ns, calls[AFTER]));
    return bounds;
}

struct bounds
machine_typical(const struct machine *machine, double ns, const double *calls)
{
    const double *waits = machine->waits;
    struct bounds bounds =
        bounds_of(machine->speed, typical_work(waits[AFTER], ns) -
                                      typical_work(waits[BEFORE], ns));
    if (calls)
        widen(&bounds, typical_waking(machine, BEFORE, ns, calls[BEFORE]),
              typical_waking(machine, AFTER, ns, calls[AFTER]));
    return bounds;
}
