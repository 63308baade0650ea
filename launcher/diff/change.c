/* SPDX-License-Identifier: Apache-2.0
 *
 * change.c: see change.h.
 */
#include "launcher/diff/change.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* Less than a five-hundredth of the recording before is small. */
#define SMALL_SHARE 500

struct change_scale
change_scale(const struct pair *pairs, uint32_t count,
             const struct ledger ledgers[SIDES])
{
    return (struct change_scale){
        .machine = machine_of(pairs, count, ledgers),
        .small_ns = ledgers[BEFORE].head.self_ns / SMALL_SHARE,
    };
}

static bool
is_small(int64_t ns, const struct change_scale *scale)
{
    return (uint64_t)llabs(ns) < scale->small_ns;
}

static enum change_kind
kind_of_each(const struct durations *before, const struct durations *after,
             struct change *change, const struct change_scale *scale)
{
    if (is_small(change->each_ns, scale))
        return CHANGE_SMALL;
    if (before->calls < 2 || after->calls < 2)
        return CHANGE_SINGLE;
    struct judgement judgement =
        noise_judge(before, after, &scale->machine, (double)scale->small_ns);
    if (!judgement.exceeded)
        return CHANGE_NOISE;
    change->each = judgement.each;
    change->typical = judgement.typical;
    return change->each > 0 ? CHANGE_SLOWER : CHANGE_FASTER;
}

static enum change_kind
kind_of(const struct durations *before, const struct durations *after,
        struct change *change, const struct change_scale *scale)
{
    if (before->calls == 0 || after->calls == 0)
        return before->calls == 0 ? CHANGE_NEW : CHANGE_GONE;
    enum change_kind each = kind_of_each(before, after, change, scale);
    if (before->calls == after->calls || each == CHANGE_SLOWER ||
        each == CHANGE_FASTER ||
        (each == CHANGE_NOISE && is_small(change->calls_ns, scale)))
        return each;
    return before->calls < after->calls ? CHANGE_MORE_CALLS
                                        : CHANGE_FEWER_CALLS;
}

/* What the measure came to before and after, and its calls one by one. */
static struct change
change_of(uint64_t before_ns, uint64_t after_ns, const struct durations *before,
          const struct durations *after, const struct change_scale *scale)
{
    struct change change = {.ns = (int64_t)(after_ns - before_ns)};
    double more = (double)after->calls - (double)before->calls;
    if (before->calls == 0 || after->calls == 0)
        change.calls_ns = change.ns;
    else
        change.calls_ns =
            llround(more * (double)before_ns / (double)before->calls);
    change.each_ns = change.ns - change.calls_ns;
    if (before->sum_ns > 0 && after->calls > 0)
        change.each = durations_mean(after) / durations_mean(before) - 1;
    change.kind = kind_of(before, after, &change, scale);
    return change;
}

struct change
change_of_self(const struct pair *pair, const struct change_scale *scale)
{
    struct durations before = durations_of_self(&pair->sums[BEFORE]);
    struct durations after = durations_of_self(&pair->sums[AFTER]);
    return change_of(before.sum_ns, after.sum_ns, &before, &after, scale);
}

struct change
change_of_total(const struct pair *pair, const struct change_scale *scale)
{
    struct durations before = durations_of_all(&pair->sums[BEFORE]);
    struct durations after = durations_of_all(&pair->sums[AFTER]);
    return change_of(pair->sums[BEFORE].total_ns, pair->sums[AFTER].total_ns,
                     &before, &after, scale);
}

bool
change_is_pale(enum change_kind kind)
{
    return kind == CHANGE_NOISE || kind == CHANGE_SMALL;
}

const char *
change_name(enum change_kind kind)
{
    static const char *const names[CHANGE_KINDS] = {
        [CHANGE_NEW] = "new",
        [CHANGE_GONE] = "gone",
        [CHANGE_SLOWER] = "slower",
        [CHANGE_FASTER] = "faster",
        [CHANGE_MORE_CALLS] = "more_calls",
        [CHANGE_FEWER_CALLS] = "fewer_calls",
        [CHANGE_NOISE] = "noise",
        [CHANGE_SMALL] = "small",
        [CHANGE_SINGLE] = "single",
    };
    return names[kind];
}
