/* SPDX-License-Identifier: Apache-2.0
 *
 * contention.c: see contention.h.
 */
#include "formats/slow/contention.h"

enum {
    EAGER_NS = 500000,  /* a track that ran as long may contend */
    EAGER_TRACKS = 1000 /* so many are looked at */
};

/* The share of its life that the track wanted to run; delayed says how much longer
 * everything took because of whoever else ran. */
static double
eagerness(const uint64_t *eagers, const struct track *track, double delayed)
{
    double life_ns = (double)(track->end_ns - track->start_ns) + 1;
    double share = delayed * (double)eagers[track->number] / life_ns;
    if (eagers[track->number] < EAGER_NS)
        return 0;
    return share < 1 ? share : 1;
}

/* How many tracks of its process want to run when this one starts. */
static double
contenders_at(const struct trace *trace, const uint64_t *eagers,
              const struct track *track, double delayed)
{
    double count = 0;
    for (uint32_t i = 0; i < trace->track_count; i++) {
        const struct track *other = trace->tracks[i];
        if (other->process == track->process &&
            other->start_ns <= track->start_ns &&
            other->end_ns > track->start_ns)
            count += eagerness(eagers, other, delayed);
    }
    return count;
}

static double
contenders(const struct trace *trace, const uint64_t *eagers, double delayed)
{
    double most = 1;
    uint32_t looks = 0;
    for (uint32_t i = 0; i < trace->track_count && looks < EAGER_TRACKS; i++) {
        if (eagers[i] < EAGER_NS)
            continue;
        double count = contenders_at(trace, eagers, trace->tracks[i], delayed);
        most = count > most ? count : most;
        looks++;
    }
    return most;
}

struct stall_machine
contention_machine(const struct trace *trace, const uint64_t *eagers)
{
    struct stall_machine machine = {0};
    for (uint32_t i = 0; i < trace->process_count; i++) {
        const struct process *process = trace->processes[i];
        machine.cpu_ns += (double)process->cpu_ns;
        machine.delay_ns += (double)process->delay_ns;
    }
    double cpu_ns = machine.cpu_ns > 0 ? machine.cpu_ns : 1;
    machine.contenders =
        contenders(trace, eagers, 1 + machine.delay_ns / cpu_ns);
    return machine;
}
