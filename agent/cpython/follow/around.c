/* SPDX-License-Identifier: Apache-2.0
 *
 * around.c: entering and leaving it.
 */
#include "agent/cpython/follow/around.h"

#include "agent/cpython/follow/annotation.h"
#include "agent/cpython/names/spanobject.h"
#include "agent/track/record.h"

uint32_t
around_word(struct spanobject *span, struct thread *thread)
{
    if (!span->word)
        span->word = annotation_word(span->name, thread);
    return span->word;
}

void
around_enter(struct thread *thread, PyObject *code, uint32_t kind)
{
    PyObject *self = spanobject_in_code(code);
    uint32_t word = self ? around_word(spanobject_of(self), thread) : 0;
    if (word)
        annotation_enter(thread, (word & ~15u) | kind);
}

/* What is open above it was not left, and ends with it. */
void
around_exit(struct thread *thread, PyObject *code, enum spool_kind kind)
{
    PyObject *self = spanobject_in_code(code);
    const void *key = self ? ANNOTATION_KEY(spanobject_of(self)->word) : NULL;
    if (self && spanobject_of(self)->word)
        record_exit(thread, key, kind, clock_ticks(spool_clock_kind));
}
