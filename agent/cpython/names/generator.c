/* SPDX-License-Identifier: Apache-2.0
 *
 * generator.c: finding the instructions that a generator's frame may be suspended
 * at.
 */
#include "agent/cpython/names/generator.h"

#include <string.h>

#include "agent/base/arena.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/store/ring.h"

struct generators generators;

enum opcodes { /* the same in all the versions they are used for */
    YIELD_FROM_36_310 = 72,
    YIELD_VALUE_36_311 = 86,
    RESUME_311 = 151
};

static bool
suspends(const unsigned char *code, Py_ssize_t bytes, Py_ssize_t at)
{
    /* Before 3.11 YIELD_FROM is repeated: f_lasti stands before it. */
    return code[at] == YIELD_VALUE_36_311 ||
           (py.minor < 11 && at + 2 < bytes &&
            code[at + 2] == YIELD_FROM_36_310);
}

/* In the memory of those of before, where they fit. */
static struct suspensions *
find_suspensions(const unsigned char *code, Py_ssize_t bytes,
                 struct suspensions *before)
{
    uint32_t units = (uint32_t)bytes / 2;
    size_t bits = units / 8 + 1;
    struct suspensions *found = before;
    if (!before || before->units < units)
        found = arena_take(sizeof *found + bits);
    if (!found)
        return NULL;
    memset(found->bits, 0, bits);
    found->begin = -1;
    found->units = units;
    for (Py_ssize_t at = 0; at + 1 < bytes; at += 2) {
        if (suspends(code, bytes, at))
            found->bits[at / 16] |= (uint8_t)(1 << (at / 2 % 8));
        if (py.minor >= 11 && code[at] == RESUME_311 && found->begin < 0)
            found->begin = (int)at;
    }
    return found;
}

static int
make_room_for_generator(size_t id)
{
    struct suspensions **of_id =
        arena_grow_pages(generators.of_id, &generators.room, sizeof *of_id, id);
    if (!of_id)
        return -1;
    generators.of_id = of_id;
    return 0;
}

void
generator_forget(void)
{
    if (generators.room)
        memset(generators.of_id, 0, generators.room * sizeof *generators.of_id);
}

void
generator_keep(PyObject *code, size_t id)
{
    char *bytes;
    Py_ssize_t count;
    if (make_room_for_generator(id) < 0 ||
        (generators.of_id[id] && !ring_is_on())) /* there ids are used again */
        return;
    PyObject *text = py.PyObject_GetAttrString(code, "co_code");
    if (text && py.PyBytes_AsStringAndSize(text, &bytes, &count) == 0)
        generators.of_id[id] = find_suspensions((unsigned char *)bytes, count,
                                                generators.of_id[id]);
    pyobject_release(text);
}
