/* SPDX-License-Identifier: Apache-2.0
 *
 * frame.h: what a frame evaluation hook (PEP 523) is handed: a frame object up
 * to 3.10, an interpreter frame in 3.11.  With the GIL.
 */
#ifndef CODESNAP_FRAME_H
#define CODESNAP_FRAME_H

#include "agent/cpython/abi/python.h"

/* Its code object; borrowed, NULL if it was not found. */
PyObject *frame_code(void *frame);
/* Its globals; a new reference, or NULL. */
PyObject *frame_globals(void *frame);
/* Its f_lasti in bytes, negative before the first instruction. */
int frame_lasti(void *frame, PyObject *code);
/* The frame object, or NULL where there is none. */
PyObject *frame_object(void *frame);

/* Of a frame object in any version, without the attributes, which are audited:
 * its code, borrowed from it; the one that called it, a new reference, or NULL. */
PyObject *frame_code_of_object(PyFrameObject *object);
PyFrameObject *frame_caller(PyFrameObject *object);
/* The frames that run, this thread's innermost first, until look says false.  A
 * jump over Python functions (longjmp) can leave them in a circle: it ends where
 * a frame is met again. */
void frame_each(bool (*look)(PyFrameObject *frame, void *context),
                void *context);

/* Frames of another version follow. */
void frame_forget(void);

/* Where frame_code looks; frame_code must have found it once. */
extern size_t frame_code_offset;

/* Where frame_known_lasti looks, once frame_lasti has found it. */
extern struct frame_lasti_place {
    size_t offset;           /* in the frame; 0: not known yet */
    int scale;               /* 3.10 counts code units */
    size_t code_basic_bytes; /* before the instructions of 3.11 */
} frame_lasti_place;

static inline int
frame_known_lasti(void *frame, PyObject *code)
{
    const char *at = (const char *)frame + frame_lasti_place.offset;
    if (py.minor < 11) {
        int lasti = *(const int *)(const void *)at;
        return lasti < 0 ? lasti : lasti * frame_lasti_place.scale;
    }
    const char *next = *(const char *const *)(const void *)at;
    return (int)(next - (const char *)code -
                 (ptrdiff_t)frame_lasti_place.code_basic_bytes);
}

/* 3.11: where an interpreter frame keeps its caller's; 0: not known yet. */
extern size_t frame_previous_offset;
/* Find that by a frame object, of a frame that Python code called. */
void frame_learn_previous(PyFrameObject *object);

/* 3.11: does it begin or go on at an instruction that raises the profile event
 * "call"?  A few loads; true only where that is sure. */
static inline bool
frame_is_announced(const void *frame)
{
    enum {
        RESUME_OR_QUICK = 151 /* RESUME, or the even number below it */
    };
    const unsigned char *previous =
        python_word(frame, frame_lasti_place.offset);
    return (previous[2] | 1) == RESUME_OR_QUICK;
}

/* The interpreter frame that a frame object of 3.11 points to. */
static inline void *
frame_behind(PyFrameObject *object)
{
    enum {
        BACK_BYTES = sizeof(void *) /* f_back comes first */
    };
    return python_word(object, py.header_bytes + BACK_BYTES);
}

/* The same in any case; before 3.11 the object is all there is. */
static inline void *
frame_of_object(PyFrameObject *object)
{
    return py.minor < 11 ? (void *)object : frame_behind(object);
}

#endif
