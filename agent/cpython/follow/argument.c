/* SPDX-License-Identifier: Apache-2.0
 *
 * argument.c: see argument.h.
 */
#include "agent/cpython/follow/argument.h"

#include "agent/cpython/abi/guard.h"
#include "agent/cpython/names/code.h"
#include "agent/cpython/values/local.h"
#include "agent/cpython/values/valuewalk.h"
#include "formats/spool/clock.h"

#define TEXT_BYTES   2048
#define LOOK_MOST_NS 1000000u

/* == HOW OFTEN ============================================================ */

/* By the function's id; those that share a place share what is left of it. */
static struct {
    uint64_t since_ns; /* a second began */
    uint64_t ns;       /* that looking took in it */
    uint32_t looks;
} places[256];

/* Threads that run at once, free-threaded, may lose a count. */
static bool
may_look(uint32_t id, uint64_t now_ns)
{
    uint32_t at = id % (sizeof places / sizeof *places);
    if (now_ns - places[at].since_ns > 1000000000u) {
        places[at].since_ns = now_ns;
        places[at].ns = places[at].looks = 0;
    }
    return places[at].looks < ARGUMENT_LOOKS_PER_SECOND &&
           places[at].ns < ARGUMENT_NS_PER_SECOND;
}

static void
note_look(uint32_t id, uint64_t began_ns)
{
    uint32_t at = id % (sizeof places / sizeof *places);
    uint64_t ns = clock_nanoseconds(CLOCK_MONOTONIC) - began_ns;
    places[at].looks++; /* others had the processor if it took longer */
    places[at].ns += ns < LOOK_MOST_NS ? ns : LOOK_MOST_NS;
}

/* == WHAT IS RECORDED ===================================================== */

struct look {
    PyObject *code;
    void *frame;
    PyObject *value; /* NULL: the arguments are wanted */
};

static void
put_arguments(struct walk *walk, const struct look *look)
{
    struct locals locals;
    Py_ssize_t at = 0;
    bool known = local_begin(&locals, look->code, look->frame);
    for (; known && at < locals.count; at++) {
        PyObject *value = local_value(&locals, at);
        bool fits =
            !value || valuewalk_argument(walk, local_name(&locals, at), value);
        if (value)
            py.Py_DecRef(value);
        if (!fits)
            break;
    }
    local_end(&locals);
    valuetext_close(&walk->text, '}', known ? (size_t)(locals.count - at) : 0);
}

/* JSON at bytes; its length. */
static size_t
write(char *bytes, const struct look *look, long preempted)
{
    struct walk walk = valuewalk_begin(bytes, TEXT_BYTES, preempted);
    valuetext_open(&walk.text, '{');
    if (look->value) {
        valuewalk_return(&walk, code_name(look->code), look->value);
        valuetext_close(&walk.text, '}', 0);
    } else {
        put_arguments(&walk, look);
    }
    return walk.text.used;
}

static void
record(struct thread *thread, uint32_t id, const struct look *look)
{
    uint64_t payload[2 + TEXT_BYTES / 8];
    uint64_t what = look->value ? SPOOL_ARGUMENTS_RETURN : SPOOL_ARGUMENTS_CALL;
    struct guard guard;
    guard_enter(&guard, thread);
    payload[0] = id | what << 32;
    payload[1] = write((char *)(payload + 2), look, guard.work.preempted);
    uint32_t words = 2 + (uint32_t)((payload[1] + 7) / 8);
    if (!thread->parked)
        record_extended(thread, clock_ticks(spool_clock_kind),
                        SPOOL_EXT_ARGUMENTS, payload, words);
    guard_leave(&guard, thread);
}

static void
look_at(struct thread *thread, const struct look *look)
{
    uint32_t id = RECORD_ID(thread->top[-1].word) >> SPOOL_KIND_BITS;
    uint64_t now_ns = clock_nanoseconds(CLOCK_MONOTONIC);
    const uint64_t passed[] = {id | (uint64_t)SPOOL_ARGUMENTS_PASSED << 32};
    if (thread->unrecorded)
        return;
    if (!may_look(id, now_ns)) {
        record_extended(thread, clock_ticks(spool_clock_kind),
                        SPOOL_EXT_ARGUMENTS, passed, 1);
        return;
    }
    record(thread, id, look);
    note_look(id, now_ns);
}

void
argument_enter(struct thread *thread, PyObject *code, void *frame)
{
    const struct look look = {code, frame, NULL};
    look_at(thread, &look);
}

void
argument_exit(struct thread *thread, PyObject *code, PyObject *value)
{
    const struct look look = {code, NULL, value};
    look_at(thread, &look);
}
