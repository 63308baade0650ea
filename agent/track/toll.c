/* SPDX-License-Identifier: Apache-2.0
 *
 * toll.c: see toll.h.
 */
#include "agent/track/toll.h"

#include <string.h>

#define ID_MASK (SPOOL_FUNCTION_LIMIT - 1)

/* == READING ============================================================== */

static uint32_t
words_of(uint64_t word)
{
    return (word & 15) == SPOOL_EXT
               ? 1 + (uint32_t)(word >> 16 & SPOOL_EXT_WORDS_MAX)
               : 1;
}

static bool
is_entry(uint64_t word)
{
    switch (word & 15) {
    case SPOOL_ENTER_PYTHON:
    case SPOOL_ENTER_C:
    case SPOOL_RESUME:
    case SPOOL_THROW: return true;
    default: return false;
    }
}

/* Open addressing: where it is full of others, none. */
static struct toll_function *
find(struct toll *toll, uint32_t id)
{
    for (uint32_t i = 0; i < TOLL_FUNCTIONS; i++) {
        struct toll_function *at =
            &toll->functions[(id * 0x9e3779b1u + i) % TOLL_FUNCTIONS];
        if (!at->calls || at->id == id)
            return at;
    }
    return NULL;
}

static void
count(struct toll *toll, uint64_t word)
{
    uint32_t id = (uint32_t)(word >> SPOOL_KIND_BITS) & ID_MASK;
    bool in_c = (word & 15) == SPOOL_ENTER_C;
    struct toll_function *function = find(toll, id);
    toll->python_calls += !in_c;
    toll->c_calls += in_c;
    if (function)
        *function = (struct toll_function){id, function->calls + 1, in_c};
}

static void
sort(struct toll *toll)
{
    struct toll_function *list = toll->functions;
    uint32_t used = 0;
    for (uint32_t i = 0; i < TOLL_FUNCTIONS; i++)
        if (list[i].calls)
            list[used++] = list[i];
    for (uint32_t i = 1; i < used; i++) {
        struct toll_function one = list[i];
        uint32_t at = i;
        for (; at > 0 && list[at - 1].calls < one.calls; at--)
            list[at] = list[at - 1];
        list[at] = one;
    }
    toll->count = used;
}

static const uint64_t *
first_word(const struct thread *thread)
{
    const struct spool_chunk *chunk = thread->chunk;
    return chunk && thread->cursor.next
               ? (const void *)((const char *)chunk + chunk->data_offset)
               : NULL;
}

bool
toll_may_be_high(const struct thread *thread, uint64_t ticks, double busy,
                 const struct toll_price *price, double share)
{
    const uint64_t *word = first_word(thread);
    if (!word)
        return false;
    double calls = (double)(thread->cursor.next - word) / 2;
    double most_ns = calls * (price->python_ns > price->c_ns ? price->python_ns
                                                             : price->c_ns);
    double passed = (double)(ticks - thread->chunk->base_ticks) * busy /
                    price->ticks_per_ns;
    return most_ns > share * (passed - most_ns);
}

void
toll_read(const struct thread *thread, uint64_t since_ticks, uint64_t ticks,
          struct toll *toll)
{
    const uint64_t *word = first_word(thread);
    memset(toll, 0, sizeof *toll);
    if (!word)
        return;
    uint64_t base = thread->chunk->base_ticks, first = 0;
    for (; word < thread->cursor.next; word += words_of(*word)) {
        if ((*word & 15) == SPOOL_TIME)
            base = *word >> SPOOL_KIND_BITS;
        uint64_t at = base + (*word >> SPOOL_TIME_SHIFT);
        if (!is_entry(*word) || at < since_ticks || at > ticks)
            continue;
        first = first ? first : at;
        count(toll, *word);
    }
    toll->span_ticks = first && ticks > first ? ticks - first : 0;
    sort(toll);
}

/* == WHAT IT COMES TO ===================================================== */

double
toll_cost_ns(const struct toll *toll, const struct toll_price *price)
{
    return toll->python_calls * price->python_ns + toll->c_calls * price->c_ns;
}

/* Without the tracer's part; no less than a tenth of it all, since the price is
 * an estimate. */
static double
own_ns(const struct toll *toll, const struct toll_price *price)
{
    double all = (double)toll->span_ticks / price->ticks_per_ns;
    double own = all - toll_cost_ns(toll, price);
    return own > all / 10 ? own : all / 10;
}

double
toll_share(const struct toll *toll, const struct toll_price *price)
{
    return toll->span_ticks ? toll_cost_ns(toll, price) / own_ns(toll, price)
                            : 0;
}

uint32_t
toll_surplus(const struct toll *toll, const struct toll_price *price,
             double share, uint32_t least)
{
    double left = toll_cost_ns(toll, price);
    double afforded = share * own_ns(toll, price);
    uint32_t i = 0;
    for (; i < toll->count && left > afforded; i++) {
        const struct toll_function *function = &toll->functions[i];
        if (function->calls < least)
            break;
        left -=
            function->calls * (function->in_c ? price->c_ns : price->python_ns);
    }
    return i;
}
