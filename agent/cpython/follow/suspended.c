/* SPDX-License-Identifier: Apache-2.0
 *
 * suspended.c: a list for each frame, innermost span first, in a table by the
 * frame's address.  It holds no reference: `with` leaves each span that it has
 * entered before the frame can end, also where the generator is thrown away.
 */
#include "agent/cpython/follow/suspended.h"

#include "agent/base/arena.h"
#include "agent/base/lock.h"
#include "agent/cpython/abi/frame.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/follow/annotation.h"
#include "agent/cpython/follow/attend.h"
#include "agent/cpython/names/code.h"

#define BUCKETS   256u /* a power of two */
#define SPANS_MAX 32

struct entry {
    const void *frame; /* an address, no reference */
    uint32_t word;
    struct entry *next;
};

/* Shared by all threads, under the lock; count alone is read without. */
static struct {
    struct lock lock;
    struct entry *buckets[BUCKETS];
    struct entry *unused;
    uint32_t count;
} table;

static struct entry **
bucket_of(const void *frame)
{
    return &table.buckets[(uintptr_t)frame >> 6 & (BUCKETS - 1)];
}

static struct entry *
take_entry(void)
{
    struct entry *entry = table.unused;
    if (!entry)
        return arena_take(sizeof *entry);
    table.unused = entry->next;
    return entry;
}

static void
put_in(const void *frame, uint32_t word)
{
    struct entry **bucket = bucket_of(frame);
    lock_acquire(&table.lock);
    struct entry *entry = take_entry();
    if (entry) {
        *entry = (struct entry){frame, word, *bucket};
        *bucket = entry;
        __atomic_fetch_add(&table.count, 1, __ATOMIC_RELAXED);
    }
    lock_release(&table.lock);
}

/* The innermost one of that word. */
static void
take_out(const void *frame, uint32_t word)
{
    lock_acquire(&table.lock);
    struct entry **at = bucket_of(frame);
    while (*at && ((*at)->frame != frame || (*at)->word != word))
        at = &(*at)->next;
    struct entry *entry = *at;
    if (entry) {
        *at = entry->next;
        entry->next = table.unused;
        table.unused = entry;
        __atomic_fetch_sub(&table.count, 1, __ATOMIC_RELAXED);
    }
    lock_release(&table.lock);
}

/* == GENERATORS' FRAMES =================================================== */

/* From here on each step of the function asks for its frame's spans. */
static bool
watch(PyObject *code, struct thread *thread)
{
    if (!(pyobject_attribute_number(code, "co_flags", 0) & CO_ANY_GENERATOR))
        return false;
    uint64_t word = attend_code(code, code_word(code), thread, false);
    if (word && !(word & CODE_SUSPENDS))
        code_watch_steps(code, word);
    return word != 0;
}

const void *
suspended_frame(void)
{
    PyFrameObject *object = py.PyEval_GetFrame();
    return object && py.minor == 11 ? frame_of_object(object) : object;
}

void
suspended_add(struct thread *thread, uint32_t word)
{
    PyFrameObject *object = py.PyEval_GetFrame();
    if (object && watch(frame_code_of_object(object), thread))
        put_in(suspended_frame(), word);
}

void
suspended_remove(uint32_t word)
{
    if (__atomic_load_n(&table.count, __ATOMIC_RELAXED))
        take_out(suspended_frame(), word);
}

static int
find(const void *frame, uint32_t words[SPANS_MAX])
{
    int count = 0;
    lock_acquire(&table.lock);
    struct entry *entry = *bucket_of(frame);
    for (; entry && count < SPANS_MAX; entry = entry->next)
        if (entry->frame == frame)
            words[count++] = entry->word;
    lock_release(&table.lock);
    return count;
}

void
suspended_reopen(struct thread *thread, const void *frame)
{
    uint32_t words[SPANS_MAX];
    int count = frame ? find(frame, words) : 0;
    while (count-- > 0)
        annotation_enter(thread, (words[count] & ~15u) | SPOOL_RESUME);
}

void
suspended_forget(void)
{
    for (size_t i = 0; i < BUCKETS; i++)
        table.buckets[i] = NULL;
    table.unused = NULL;
    table.count = 0;
}
