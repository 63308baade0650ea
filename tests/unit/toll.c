/* SPDX-License-Identifier: Apache-2.0
 *
 * toll.c: what the latest records cost, and what has to go.
 */
#include "agent/track/toll.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/tap.h"

enum {
    ROOM = 4096
};

/* A window as the agent writes it. */
static struct {
    union {
        struct spool_chunk chunk;
        char header[sizeof(struct spool_chunk)];
    };
    uint64_t words[ROOM];
} window;
static struct thread thread;

static void
begin(void)
{
    memset(&window, 0, sizeof window);
    window.chunk.data_offset =
        (uint32_t)((char *)window.words - (char *)&window);
    window.chunk.base_ticks = 1000;
    thread.chunk = &window.chunk;
    thread.cursor.next = window.words;
}

static void
add(uint64_t ticks, uint32_t id, unsigned kind)
{
    *thread.cursor.next++ =
        (ticks - 1000) << SPOOL_TIME_SHIFT | id << SPOOL_KIND_BITS | kind;
}

static void
add_calls(uint64_t ticks, uint32_t id, unsigned kind, int calls)
{
    for (int i = 0; i < calls; i++) {
        add(ticks + (uint64_t)i * 2, id, kind);
        add(ticks + (uint64_t)i * 2 + 1, id, SPOOL_EXIT);
    }
}

static void
test_counts(void)
{
    struct toll toll;
    begin();
    add(1000, 1, SPOOL_ENTER_PYTHON);
    add_calls(1100, 7, SPOOL_ENTER_C, 30);
    add_calls(1200, 9, SPOOL_RESUME, 40);
    toll_read(&thread, 0, 3000, &toll);
    tap_ok(toll.count == 3 && toll.functions[0].id == 9 &&
               toll.functions[0].calls == 40 && !toll.functions[0].in_c &&
               toll.functions[1].id == 7 && toll.functions[1].in_c,
           "functions come with their calls, the most frequent one first");
    tap_ok(toll.python_calls == 41 && toll.c_calls == 30, "and so do sums");
    tap_ok(toll.span_ticks == 2000,
           "they span the time from the first one to now");
    toll_read(&thread, 1200, 3000, &toll);
    tap_ok(toll.count == 1 && toll.span_ticks == 1800,
           "what is older than it is asked for does not count");
}

static void
test_passes_over(void)
{
    struct toll toll;
    begin();
    *thread.cursor.next++ = spool_ext_head(0, 2, SPOOL_EXT_GAP);
    *thread.cursor.next++ = 5 << SPOOL_KIND_BITS | SPOOL_ENTER_PYTHON;
    *thread.cursor.next++ = 5 << SPOOL_KIND_BITS | SPOOL_ENTER_PYTHON;
    *thread.cursor.next++ = UINT64_C(500000) << SPOOL_KIND_BITS | SPOOL_TIME;
    add(1001, 3, SPOOL_ENTER_PYTHON);
    toll_read(&thread, 0, 500101, &toll);
    tap_ok(toll.count == 1 && toll.functions[0].id == 3,
           "what lies in an EXT record is no call");
    tap_ok(toll.span_ticks == 100, "times count from the last TIME record");
}

static void
test_many_functions(void)
{
    struct toll toll;
    begin();
    for (uint32_t id = 1; id <= 2 * TOLL_FUNCTIONS; id++)
        add(1000 + id, id, SPOOL_ENTER_PYTHON);
    toll_read(&thread, 0, 9000, &toll);
    tap_ok(toll.count == TOLL_FUNCTIONS &&
               toll.python_calls == 2 * TOLL_FUNCTIONS,
           "more functions than have room are in the sums");
}

static void
test_quick_look(void)
{
    const struct toll_price price = {10, 5, 1};
    begin();
    add_calls(1100, 7, SPOOL_ENTER_C, 100);
    tap_ok(toll_may_be_high(&thread, 11000, 1, &price, 0.1),
           "100 calls of at most 10 ns in 10 us can be more than a tenth");
    tap_ok(!toll_may_be_high(&thread, 101000, 1, &price, 0.1),
           "in 100 us they can't");
    tap_ok(toll_may_be_high(&thread, 101000, 0.05, &price, 0.1),
           "but of a thread that hardly ran they can");
}

static void
test_surplus(void)
{
    const struct toll_price price = {10, 5, 1}; /* a tick is a nanosecond */
    struct toll toll = {
        .span_ticks = 11000,
        .python_calls = 100,
        .count = 3,
        .functions = {{1, 60, false}, {2, 30, false}, {3, 10, false}}};
    tap_ok(toll_share(&toll, &price) == 0.1,
           "100 calls of 10 ns in 10 us are 10 %");
    tap_ok(toll_surplus(&toll, &price, 0.2, 1) == 0,
           "within the limit nothing goes");
    tap_ok(toll_surplus(&toll, &price, 0.05, 1) == 1,
           "the most frequent one goes first");
    tap_ok(toll_surplus(&toll, &price, 0.02, 1) == 2,
           "and others until it is enough");
    tap_ok(toll_surplus(&toll, &price, 0, 20) == 2,
           "but no function with few calls");
}

int
main(void)
{
    test_counts();
    test_passes_over();
    test_many_functions();
    test_quick_look();
    test_surplus();
    return tap_done();
}
