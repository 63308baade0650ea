/* SPDX-License-Identifier: Apache-2.0
 *
 * instruction.c: finding out how instructions are numbered, and looking at one.
 */
#include "agent/cpython/hooks/instruction.h"

#include <string.h>

#include "agent/cpython/abi/frame.h"
#include "agent/cpython/abi/guard.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/names/code.h"
#include "agent/track/thread.h"

static struct {
    size_t place;        /* of the instructions in a code object */
    uint8_t resume;      /* RESUME */
    uint8_t told_resume; /* what stands in its place where it tells */
    bool resume_is_long; /* since 3.15 it has a cache, and is left from there */
    uint8_t star;        /* CALL_FUNCTION_EX */
    int tries;           /* to learn told_resume */
} known;

/* == MEASURING ============================================================ */

enum {
    BYTES = 64
};

/* The instructions of that source, each two bytes, as the compiler made them;
 * their number of bytes, 0 if they are not to be had. */
static size_t
instructions_of(const char *source, PyObject **code, uint8_t bytes[BYTES])
{
    char *text;
    Py_ssize_t count = 0;
    *code = code_compile(source);
    PyObject *holder =
        *code ? py.PyObject_GetAttrString(*code, "co_code") : NULL;
    if (!holder || py.PyBytes_AsStringAndSize(holder, &text, &count) < 0 ||
        count > BYTES)
        count = 0;
    memcpy(bytes, text, (size_t)count);
    pyobject_release(holder);
    return (size_t)count;
}

/* Behind some instructions lie caches, which are 0 in what the program sees. */
static bool
are_alike(const uint8_t *code, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i += 2)
        if (bytes[i] && code[i] != bytes[i])
            return false;
    return count != 0;
}

/* They lie behind the fixed part, in code that was never run as they were made. */
static void
find_place(void)
{
    uint8_t bytes[BYTES];
    PyObject *code;
    size_t count = instructions_of("pass", &code, bytes);
    size_t place = (size_t)pyobject_attribute_number((PyObject *)py.PyCode_Type,
                                                     "__basicsize__", 0);
    if (place && are_alike((const uint8_t *)code + place, bytes, count)) {
        known.place = place;
        known.resume = bytes[0];
        known.resume_is_long = count > 2 && !bytes[2];
    }
    pyobject_release(code);
}

static bool
holds(const uint8_t *bytes, size_t count, uint8_t instruction)
{
    for (size_t i = 0; i < count; i += 2)
        if (bytes[i] == instruction)
            return true;
    return false;
}

/* The one that a call with a star has, and a call without has not. */
static void
find_star(void)
{
    uint8_t with[BYTES], without[BYTES];
    PyObject *codes[2];
    size_t count = instructions_of("f(*a)", &codes[0], with);
    size_t other = instructions_of("f(a)", &codes[1], without);
    for (size_t i = 0; other && i < count; i += 2)
        if (!holds(without, other, with[i]))
            known.star = known.star ? 0 : with[i];
    pyobject_release(codes[0]);
    pyobject_release(codes[1]);
}

void
instruction_measure(void)
{
    struct guard guard;
    guard_enter(&guard, NULL);
    memset(&known, 0, sizeof known);
    if (py.header_bytes == 2 * sizeof(void *)) /* else threads have copies */
        find_place();
    find_star();
    guard_leave(&guard, NULL);
}

/* == LOOKING ============================================================== */

/* Of base: as it was made. */
static uint8_t
base_at(PyObject *code, long offset)
{
    char *bytes;
    Py_ssize_t count;
    uint8_t found = 0;
    PyObject *holder = py.PyObject_GetAttrString(code, "co_code");
    if (holder && py.PyBytes_AsStringAndSize(holder, &bytes, &count) == 0 &&
        offset >= 0 && offset < count)
        found = (uint8_t)bytes[offset];
    pyobject_release(holder);
    return found;
}

static long
offset_of(PyObject *offset)
{
    long value =
        python_type(offset) == py.PyLong_Type ? py.PyLong_AsLong(offset) : -1;
    return value < 0 ? -1 : value;
}

void
instruction_learn(PyObject *code, PyObject *offset)
{
    struct guard guard;
    long at = offset_of(offset);
    if (at < 0 || !known.place || known.told_resume || known.tries++ > 8)
        return;
    guard_enter(&guard, NULL);
    if (base_at(code, at) == known.resume)
        known.told_resume = ((const uint8_t *)code)[known.place + (size_t)at];
    guard_leave(&guard, NULL);
}

bool
instruction_is_resume(PyObject *code, PyObject *offset)
{
    if (!known.told_resume || !code_is_code(code))
        return false;
    long at = offset_of(offset);
    const uint8_t *here = (const uint8_t *)code + known.place + at;
    return at >= 0 &&
           (*here == known.told_resume ||
            (known.resume_is_long && at >= 2 && here[-2] == known.told_resume));
}

/* How many calls of it are open, and how many frames of it run, or at least one
 * more than calls. */
static size_t
count_calls(PyObject *code, const struct thread *thread)
{
    size_t count = 0;
    for (const struct call *call = thread->bottom; call < thread->top; call++)
        count += CODE_OF_KEY(call->key) == code;
    return count;
}

struct counting {
    PyObject *code;
    size_t count, limit;
};

static bool
count_frame(PyFrameObject *frame, void *context)
{
    struct counting *counting = context;
    counting->count += frame_code_of_object(frame) == counting->code;
    return counting->count <= counting->limit;
}

static bool
has_more_frames(PyObject *code, size_t calls)
{
    struct counting counting = {code, 0, calls};
    frame_each(count_frame, &counting);
    return counting.count > calls;
}

bool
instruction_frame_is_unknown(PyObject *code, struct thread *thread)
{
    struct guard guard;
    guard_enter(&guard, thread);
    bool unknown = has_more_frames(code, count_calls(code, thread));
    guard_leave(&guard, thread);
    return unknown;
}

bool
instruction_ends_unseen(PyObject *code, PyObject *offset, PyObject *callable)
{
    struct guard guard;
    if (py.minor < 13 || python_type(callable) != py.PyMethod_Type ||
        !code_is_code(code) || !known.star)
        return false;
    guard_enter(&guard, NULL);
    bool unseen = base_at(code, offset_of(offset)) == known.star;
    guard_leave(&guard, NULL);
    return unseen;
}
