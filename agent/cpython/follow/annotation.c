/* SPDX-License-Identifier: Apache-2.0
 *
 * annotation.c: annotations as records.  A named span is a call of a function
 * that only the recording knows.
 */
#include "agent/cpython/follow/annotation.h"

#include <string.h>

#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/names/intern.h"
#include "agent/track/record.h"
#include "agent/track/window.h"

#define TEXT_BYTES_MAX ((WINDOW_EXT_WORDS - 2) * 8u)

struct text
annotation_text(const char *text)
{
    return (struct text){text, (uint32_t)strlen(text)};
}

/* == SPANS ================================================================ */

uint32_t
annotation_word(PyObject *name, struct thread *thread)
{
    struct text_holder holder;
    uint32_t word = annotation_word_text(pyobject_text(name, &holder), thread);
    pyobject_release_text(&holder);
    return word;
}

uint32_t
annotation_word_text(struct text name, struct thread *thread)
{
    const struct text names[3] = {{"", 0}, name, {"", 0}};
    record_attend(thread);
    int64_t id = intern_function(SPOOL_NAMED_SPAN, 0, 0, names);
    return id < 0 ? 0 : (uint32_t)id << SPOOL_KIND_BITS | SPOOL_ENTER_PYTHON;
}

void
annotation_enter(struct thread *thread, uint32_t word)
{
    record_enter(thread, ANNOTATION_KEY(word), word);
}

/* Has nothing but other spans been entered since? */
static bool
is_innermost(const struct thread *thread, const void *key)
{
    const struct call *call = thread->top;
    while (call-- > thread->bottom && call->key != key)
        if (!ANNOTATION_IS_SPAN(call->key))
            return false;
    return call >= thread->bottom;
}

void
annotation_exit(struct thread *thread, uint32_t word, enum spool_kind kind)
{
    const void *key = ANNOTATION_KEY(word);
    uint64_t ticks = clock_ticks(spool_clock_kind);
    if (!record_exit(thread, key, kind, ticks) && is_innermost(thread, key))
        record_unmatched_exit(thread, key, (word & ~15u) | (uint32_t)kind);
}

/* What is open above it ended before, in the pause. */
void
annotation_forget(struct thread *thread, uint32_t word)
{
    for (struct call *call = thread->top; call-- > thread->bottom;) {
        if (call->key != ANNOTATION_KEY(word))
            continue;
        thread_cut(thread, call);
        return;
    }
}

/* == POINTS =============================================================== */

void
annotation_instant(struct thread *thread, PyObject *name, struct text json)
{
    struct text_holder holder;
    annotation_instant_text(thread, pyobject_text(name, &holder), json);
    pyobject_release_text(&holder);
}

void
annotation_instant_text(struct thread *thread, struct text name,
                        struct text json)
{
    const struct text names[3] = {{"", 0}, name, {"", 0}};
    uint64_t payload[2 + TEXT_BYTES_MAX / 8];
    uint64_t ticks = clock_ticks(spool_clock_kind);
    uint32_t bytes = json.length <= TEXT_BYTES_MAX ? json.length : 0;
    record_attend(thread);
    int64_t id = intern_function(SPOOL_INSTANT_NAME, 0, 0, names);
    if (id < 0)
        return;
    uint32_t words = (bytes + 7) / 8;
    payload[0] = (uint64_t)id;
    payload[1] = bytes;
    payload[1 + words] = 0; /* the last one is filled up */
    memcpy(payload + 2, json.bytes, bytes);
    record_extended(thread, ticks, SPOOL_EXT_INSTANT, payload, 2 + words);
}

/* Room for the pairs of one sample, and how much of it is used. */
struct sample {
    uint64_t payload[2 * ANNOTATION_SERIES];
    uint32_t words;
};

static void
add_value(struct sample *sample, struct text counter, struct text series,
          double value)
{
    const struct text names[3] = {counter, series, {"", 0}};
    int64_t id = intern_function(SPOOL_COUNTER_SERIES, 0, 0, names);
    if (id < 0)
        return;
    sample->payload[sample->words++] = (uint64_t)id;
    memcpy(&sample->payload[sample->words++], &value, sizeof value);
}

void
annotation_counter(struct thread *thread, PyObject *name,
                   PyObject *const *series, const double *values, int count)
{
    struct sample sample = {.words = 0};
    uint64_t ticks = clock_ticks(spool_clock_kind);
    struct text_holder holders[2];
    record_attend(thread);
    struct text counter = pyobject_text(name, &holders[0]);
    for (int i = 0; i < count && i < ANNOTATION_SERIES; i++) {
        struct text one = pyobject_text(series[i], &holders[1]);
        add_value(&sample, counter, one, values[i]);
        pyobject_release_text(&holders[1]);
    }
    pyobject_release_text(&holders[0]);
    if (sample.words)
        record_extended(thread, ticks, SPOOL_EXT_COUNTER, sample.payload,
                        sample.words);
}

void
annotation_counter_text(struct thread *thread, const char *counter,
                        const char *const *series, const double *values,
                        int count)
{
    struct sample sample = {.words = 0};
    uint64_t ticks = clock_ticks(spool_clock_kind);
    record_attend(thread);
    for (int i = 0; i < count && i < ANNOTATION_SERIES; i++)
        add_value(&sample, annotation_text(counter), annotation_text(series[i]),
                  values[i]);
    if (sample.words)
        record_extended(thread, ticks, SPOOL_EXT_COUNTER, sample.payload,
                        sample.words);
}
