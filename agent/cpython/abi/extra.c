/* SPDX-License-Identifier: Apache-2.0
 *
 * extra.c: making and measuring the arrays.
 */
#include "agent/cpython/abi/extra.h"

#include <string.h>

#include "agent/cpython/abi/memory.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/store/ring.h"

/* Of a code object, in memory of the interpreter's: it grows it, and frees it. */
struct array {
    Py_ssize_t size;
    union {
        uint64_t words[1];
        uint64_t *apart; /* 3.6 */
    };
};

static bool makes_own; /* the interpreter takes arrays of ours */
static void (*tell_end)(uint64_t word);

/* A code object that had a word is gone; others have NULL here. */
static void
end(void *value)
{
    if (value && tell_end)
        tell_end((uint64_t)(uintptr_t)value);
}

void
extra_on_end(void (*ended)(uint64_t word))
{
    tell_end = ended;
}

/* == ARRAYS =============================================================== */

static struct array **
place_of(PyObject *code)
{
    return (struct array **)(void *)((char *)code + py.extra_offset);
}

static uint64_t *
words_of(struct array *array)
{
    return py.extra_apart ? array->apart : array->words;
}

static bool
reaches(const struct array *array)
{
    return (size_t)array->size - 1 >= (size_t)py.extra_index;
}

static size_t
words_bytes(void)
{
    return ((size_t)py.extra_index + 1) * sizeof(uint64_t);
}

static void
drop(struct array *array)
{
    if (array && py.extra_apart && array->apart)
        memory_give(array->apart);
    if (array)
        memory_give(array);
}

/* Nobody's before ours, or it would be freed as his. */
static struct array *
make(uint64_t word)
{
    size_t head = sizeof(Py_ssize_t);
    struct array *array =
        memory_take(py.extra_apart ? sizeof *array : head + words_bytes());
    if (!array)
        return NULL;
    array->size = py.extra_index ? 0 : 1;
    if (py.extra_apart && !(array->apart = memory_take(words_bytes()))) {
        memory_give(array);
        return NULL;
    }
    uint64_t *words = words_of(array);
    memset(words, 0, words_bytes());
    words[py.extra_index] = word;
    return array;
}

static void
set_publicly(PyObject *code, uint64_t word)
{
    if (py._PyCode_SetExtra(code, py.extra_index, (void *)(uintptr_t)word) < 0)
        py.PyErr_Clear();
}

/* One of somebody's, from before our index was given out, grows up to that. */
static bool
grow(struct array **place, uint64_t word)
{
    struct array *array = *place;
    void *old = py.extra_apart ? (void *)array->apart : array;
    size_t head = py.extra_apart ? 0 : sizeof(Py_ssize_t);
    void *grown = py.PyMem_Realloc(old, head + words_bytes());
    if (!grown)
        return false;
    if (py.extra_apart)
        array->apart = grown;
    else
        *place = array = grown;
    uint64_t *words = words_of(array);
    for (Py_ssize_t i = array->size; i < py.extra_index; i++)
        words[i] = 0;
    words[py.extra_index] = word;
    array->size = py.extra_index + 1;
    return true;
}

static bool
set_own(PyObject *code, uint64_t word)
{
    struct array **place = place_of(code), *none = NULL;
    struct array *array = __atomic_load_n(place, __ATOMIC_ACQUIRE);
    if (array && reaches(array)) {
        __atomic_store_n(&words_of(array)[py.extra_index], word,
                         __ATOMIC_RELEASE);
        return true;
    }
    if (array)
        return grow(place, word);
    if (!(array = make(word)))
        return false;
    if (__atomic_compare_exchange_n(place, &none, array, false,
                                    __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        return true;
    drop(array);
    return false;
}

void
extra_set(PyObject *code, uint64_t word)
{
    if (!makes_own || !set_own(code, word))
        set_publicly(code, word);
}

uint64_t
extra_ask(PyObject *code)
{
    void *value = NULL;
    if (py._PyCode_GetExtra(code, py.extra_index, &value) < 0)
        py.PyErr_Clear();
    return (uint64_t)(uintptr_t)value;
}

/* == MEASURING ============================================================ */

#define WORDS 40 /* of a code object, at most */

static const uint64_t probes[] = {0x5eed5eed5eed0008, 0x5eed5eed5eed0018};

/* Whether these words are an array that holds that word of ours. */
static bool
holds_word(const uint64_t *words, uint64_t word)
{
    if ((Py_ssize_t)words[0] <= py.extra_index)
        return false;
    const uint64_t *extras =
        py.extra_apart ? (const uint64_t *)(uintptr_t)words[1] : words + 1;
    return extras && !((uintptr_t)extras & 7) && extras[py.extra_index] == word;
}

/* The first extra that a code object gets turns one NULL in it into a pointer
 * to an array that holds our word: there co_extra lies. */
static size_t
find_offset(PyObject *code)
{
    void *before[WORDS];
    long bytes = pyobject_attribute_number((PyObject *)py.PyCode_Type,
                                           "__basicsize__", 0);
    size_t words = (size_t)bytes / sizeof(void *);
    if (words > WORDS)
        words = WORDS;
    memcpy(before, code, words * sizeof(void *));
    set_publicly(code, probes[0]);
    for (size_t i = py.header_bytes / sizeof(void *); i < words; i++) {
        const uint64_t *now = python_word(code, i * sizeof(void *));
        if (!before[i] && now && !((uintptr_t)now & 7) &&
            holds_word(now, probes[0]))
            return i * sizeof(void *);
    }
    return 0;
}

/* The array has our word alone: no free function is to see the rest of it. */
static void
empty(PyObject *code)
{
    struct array *array = *place_of(code);
    if (array)
        array->size = 0;
}

/* Does the interpreter find a word in an array of ours, set another one there,
 * and make it longer? */
static bool
is_taken(PyObject *code)
{
    if (!set_own(code, probes[0]))
        return false;
    struct array *made = *place_of(code);
    made->size = py.extra_index + 1;
    bool found = extra_ask(code) == probes[0];
    set_publicly(code, probes[1]);
    bool changed =
        *place_of(code) == made && words_of(made)[py.extra_index] == probes[1];
    if (!found || !changed)
        return false;
    made->size = 0;
    bool ended = extra_ask(code) == 0;
    set_publicly(code, probes[0]);
    return ended && holds_word((const uint64_t *)*place_of(code), probes[0]);
}

int
extra_find_index(void)
{
    py.extra_offset = 0;
    py.extra_apart = py.minor < 7;
    py.extra_index =
        py._PyEval_RequestCodeExtraIndex(ring_is_asked() ? end : NULL);
    return py.extra_index < 0 ? -1 : 0;
}

void
extra_measure(PyObject *(*compile)(const char *source))
{
    PyObject *first = py.extra_offset ? NULL : compile("0");
    PyObject *second = first ? compile("1") : NULL;
    if (first)
        py.extra_offset = find_offset(first);
    if (second && py.extra_offset) {
        empty(first);
        makes_own = memory_is_there() && is_taken(second);
        empty(second);
    }
    pyobject_release(first);
    pyobject_release(second);
}

void
extra_forget(void)
{
    py.extra_offset = 0;
    makes_own = false;
}
