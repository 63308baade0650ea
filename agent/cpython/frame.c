/* SPDX-License-Identifier: Apache-2.0
 *
 * frame.c: finding one's way in a frame whose layout is not known beforehand.
 */
#include "agent/cpython/frame.h"

#include "agent/cpython/label.h"
#include "agent/record.h"

size_t frame_code_offset;

/* == CODE ================================================================= */

/* The first words of either kind of frame are objects or NULL, up to the code
 * object: {header, f_back, f_code} or, in 3.11, {f_func, f_globals, f_builtins,
 * f_locals, f_code}. */
static size_t
find_code(void *frame)
{
    size_t first = py.minor < 11 ? py.header_bytes / sizeof(void *) + 1 : 0;
    for (size_t i = first; i < first + 5; i++) {
        void *object = python_word(frame, i * sizeof(void *));
        if (object && python_type(object) == py.PyCode_Type)
            return i * sizeof(void *);
    }
    return 0;
}

PyObject *
frame_code(void *frame)
{
    if (unlikely(!frame_code_offset))
        frame_code_offset = find_code(frame);
    return frame_code_offset ? python_word(frame, frame_code_offset) : NULL;
}

PyObject *
frame_object(void *frame)
{
    return py.minor < 11 ? frame : NULL;
}

PyObject *
frame_globals(void *frame)
{
    PyObject *globals = NULL;
    PyObject *function = python_word(frame, 0);
    if (py.minor < 11)
        globals = py.PyObject_GetAttrString(frame, "f_globals");
    else if (function && python_type(function) == py.PyFunction_Type)
        globals = py.PyObject_GetAttrString(function, "__globals__");
    if (!globals)
        py.PyErr_Clear();
    return globals;
}

/* == LAST INSTRUCTION ===================================================== */

/* Before 3.11 f_lasti is an int.  Each generator frame leaves fewer candidates;
 * until one is left the attribute itself is read. */
static struct {
    uint64_t candidates; /* bit i: the int at offset 4 * i */
    int scale;           /* 3.10 counts code units */
    int samples;
    size_t offset;
} lasti_place = {.candidates = ~0ull};

static void
learn_lasti(void *frame, long lasti)
{
    int scaled = lasti < 0 || py.minor < 10 ? (int)lasti : (int)lasti / 2;
    const int *words = frame;
    uint64_t left = 0;
    for (unsigned i = (unsigned)py.header_bytes / 4; i < 32; i++)
        if (lasti_place.candidates >> i & 1 && words[i] == scaled)
            left |= 1ull << i;
    lasti_place.candidates = left;
    lasti_place.scale = py.minor < 10 ? 1 : 2;
    if (++lasti_place.samples >= 16 && left && !(left & (left - 1)))
        lasti_place.offset = 4 * (size_t)__builtin_ctzll(left);
}

static int
lasti_of_object(void *frame)
{
    if (likely(lasti_place.offset)) {
        int lasti = *(const int *)((const char *)frame + lasti_place.offset);
        return lasti < 0 ? lasti : lasti * lasti_place.scale;
    }
    struct slow_path path;
    python_enter_slow(&path, NULL);
    long lasti = label_number(frame, "f_lasti", -1);
    learn_lasti(frame, lasti);
    python_leave_slow(&path, NULL);
    return (int)lasti;
}

/* 3.11: prev_instr points into the code object, whose instructions, ob_size
 * units of 2 bytes, lie at its end; it is the only such pointer in a frame. */
static int
lasti_of_interpreter_frame(void *frame, PyObject *code)
{
    static size_t offset, basic_bytes;
    if (unlikely(!basic_bytes))
        basic_bytes = (size_t)label_number((PyObject *)py.PyCode_Type,
                                           "__basicsize__", 0);
    const char *begin = (const char *)code + basic_bytes;
    const char *end = begin + 2 * (size_t)python_word(code, py.header_bytes);
    for (size_t i = 0; !offset && i < 12; i++) {
        const char *word = python_word(frame, i * sizeof(void *));
        if (word >= begin - 2 && word < end)
            offset = i * sizeof(void *);
    }
    return offset ? (int)((const char *)python_word(frame, offset) - begin)
                  : -2;
}

int
frame_lasti(void *frame, PyObject *code)
{
    return py.minor < 11 ? lasti_of_object(frame)
                         : lasti_of_interpreter_frame(frame, code);
}
