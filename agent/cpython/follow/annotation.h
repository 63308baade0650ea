/* SPDX-License-Identifier: Apache-2.0
 *
 * annotation.h: what the program itself adds to the recording: named spans,
 * instants, counters.  With the GIL; each does nothing where nothing is
 * recorded.
 */
#ifndef CODESNAP_ANNOTATION_H
#define CODESNAP_ANNOTATION_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/base/text.h"
#include "agent/cpython/abi/python.h"
#include "agent/track/thread.h"

/* A named span on the shadow stack is known by its word, with a bit that no
 * address of a code object or a method definition has. */
#define ANNOTATION_SPAN 2u
#define ANNOTATION_KEY(word) \
    ((const void *)(uintptr_t)(((word) & ~15u) | ANNOTATION_SPAN))
#define ANNOTATION_IS_SPAN(key) (((uintptr_t)(key)&6u) == ANNOTATION_SPAN)

struct text annotation_text(const char *text);

/* The record word of a span of that name; 0 if it can't be named. */
uint32_t annotation_word(PyObject *name, struct thread *thread);

/* The same with a name that is no object. */
uint32_t annotation_word_text(struct text name, struct thread *thread);

void annotation_enter(struct thread *thread, uint32_t word);
/* Ends the innermost open span of that word in this way, if the innermost call
 * started before it: one left in another function than it was entered in ends
 * with that. */
void annotation_exit(struct thread *thread, uint32_t word,
                     enum spool_kind kind);
/* The same in a pause, on the shadow stack alone. */
void annotation_forget(struct thread *thread, uint32_t word);

void annotation_instant(struct thread *thread, PyObject *name,
                        struct text json);
/* With a name that is no object. */
void annotation_instant_text(struct thread *thread, struct text name,
                             struct text json);
/* One sample of count series, each a str and its value; names beyond
 * ANNOTATION_SERIES are left out. */
#define ANNOTATION_SERIES 64
void annotation_counter(struct thread *thread, PyObject *name,
                        PyObject *const *series, const double *values,
                        int count);
/* With names that are no objects. */
void annotation_counter_text(struct thread *thread, const char *counter,
                             const char *const *series, const double *values,
                             int count);

#endif
