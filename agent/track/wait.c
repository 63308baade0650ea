/* SPDX-License-Identifier: Apache-2.0
 *
 * wait.c: see wait.h.
 */
#include "agent/track/wait.h"

#include <string.h>

#include "agent/track/record.h"

/* Behind the bare words; how many. */
static uint32_t
describe(const struct wait *wait, uint64_t *payload)
{
    uint32_t bytes = wait->text.length < WAIT_TEXT_BYTES ? wait->text.length
                                                         : WAIT_TEXT_BYTES;
    uint32_t words = (bytes + 7) / 8;
    payload[SPOOL_WAIT_HOLDER] =
        wait->holder_track << 32 | wait->holder_function;
    payload[SPOOL_WAIT_AMOUNT] = wait->amount;
    payload[SPOOL_WAIT_TEXT_BYTES + words] = 0; /* the last one is filled up */
    payload[SPOOL_WAIT_TEXT_BYTES] = bytes;
    if (bytes)
        memcpy(payload + SPOOL_WAIT_TEXT, wait->text.bytes, bytes);
    return SPOOL_WAIT_TEXT + words;
}

void
wait_record(struct thread *thread, const struct wait *wait)
{
    uint64_t payload[SPOOL_WAIT_TEXT + WAIT_TEXT_BYTES / 8];
    uint32_t words = SPOOL_WAIT_LEAST;
    payload[SPOOL_WAIT_BEGIN] = wait->begin_ticks;
    payload[SPOOL_WAIT_END] = wait->end_ticks;
    payload[SPOOL_WAIT_WHAT] = (uint64_t)wait->name << 8 | wait->kind;
    if (!wait_is_bare(wait->kind))
        words = describe(wait, payload);
    record_extended(thread, clock_ticks(spool_clock_kind), SPOOL_EXT_WAIT,
                    payload, words);
}
