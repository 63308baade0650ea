/* SPDX-License-Identifier: Apache-2.0
 *
 * raised.h: what an exception tells without being asked: its message and its
 * traceback.  No code of the program's runs but comparisons with odd keys of its
 * dictionaries: between guard_shut_out and guard_let_in only.  With the GIL (or
 * attached, free-threaded); what was set as an exception meanwhile is dropped.
 */
#ifndef CODESNAP_RAISED_H
#define CODESNAP_RAISED_H

#include <stdbool.h>

#include "agent/base/text.h"
#include "agent/cpython/abi/python.h"

/* Of the first argument, if it is a str, int, float or bytes and of no other type,
 * and of the second where that is a str behind a number; cut after so many
 * characters. */
#define RAISED_CHARACTERS 200
#define RAISED_BYTES      (4 * RAISED_CHARACTERS)
/* value is the exception, or up to 3.11 what is to become its argument or, as a
 * tuple, its arguments; NULL: nothing. */
struct text raised_message(PyTypeObject *type, PyObject *value,
                           char room[RAISED_BYTES]);

/* Its one frame is of this code, which has raised the exception this moment. */
bool raised_just_now(PyObject *traceback, const PyObject *code);
/* The exception was raised in the very frame that the traceback begins with.  *last,
 * the innermost part, is the same one as long as the exception is under way; NULL: it
 * lies too deep. */
bool raised_here(PyObject *traceback, const PyObject **last);

/* Where the innermost frame of the traceback was: its code, borrowed, and line. */
struct raised_place {
    PyObject *code;
    uint32_t line;
} raised_place(PyObject *traceback);

#endif
