/* SPDX-License-Identifier: Apache-2.0
 *
 * frame.h: what a frame evaluation hook (PEP 523) is handed: a frame object up
 * to 3.10, an interpreter frame in 3.11.  With the GIL.
 */
#ifndef CODESNAP_FRAME_H
#define CODESNAP_FRAME_H

#include "agent/cpython/python.h"

/* Its code object; borrowed, NULL if it was not found. */
PyObject *frame_code(void *frame);
/* Its globals; a new reference, or NULL. */
PyObject *frame_globals(void *frame);
/* Its f_lasti in bytes, negative before the first instruction. */
int frame_lasti(void *frame, PyObject *code);
/* The frame object, or NULL where there is none. */
PyObject *frame_object(void *frame);

/* Where frame_code looks; frame_code must have found it once. */
extern size_t frame_code_offset;

/* The same of a frame object, which in 3.11 points to its interpreter frame. */
static inline void *
frame_of_object(PyFrameObject *object)
{
    enum {
        BACK_BYTES = sizeof(void *) /* f_back comes first */
    };
    return py.minor < 11 ? (void *)object
                         : python_word(object, py.header_bytes + BACK_BYTES);
}

#endif
