/* SPDX-License-Identifier: Apache-2.0
 *
 * valuewalk.c: what is shown of each kind of value.  A type is looked at by its address
 * before anything of the object is read.
 */
#include "agent/cpython/values/valuewalk.h"

#include <string.h>
#include <sys/resource.h>

#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/values/contents.h"
#include "agent/cpython/values/redacted.h"
#include "agent/cpython/values/scalar.h"
#include "formats/base/phrase.h"
#include "formats/spool/clock.h"

bool valuewalk_by_repr;

struct walk
valuewalk_begin(char *bytes, size_t room, long preempted)
{
    return (struct walk){valuetext_begin(bytes, room), VALUE_MOST,
                         clock_nanoseconds(CLOCK_MONOTONIC) + VALUE_MOST_NS,
                         preempted};
}

/* == NAMES ================================================================ */

#define NAME_BYTES 128

/* The end of a str or bytes, as ASCII; empty for anything else. */
static struct text
name_of(PyObject *object, char bytes[NAME_BYTES])
{
    Py_ssize_t length = 0, from;
    char *plain = NULL;
    if (python_type(object) == py.PyUnicode_Type)
        length = py.PyUnicode_GetLength(object);
    else if (python_type(object) == py.PyBytes_Type)
        py.PyBytes_AsStringAndSize(object, &plain, &length);
    from = length > NAME_BYTES ? length - NAME_BYTES : 0;
    for (Py_ssize_t i = from; i < length; i++) {
        uint32_t c =
            plain ? (unsigned char)plain[i] : py.PyUnicode_ReadChar(object, i);
        bytes[i - from] = c < 0x80 ? (char)c : '?';
    }
    return (struct text){bytes, (uint32_t)(length - from)};
}

static bool
is_secret(PyObject *name)
{
    char bytes[NAME_BYTES];
    struct text text = name_of(name, bytes);
    return text.length > 0 && redacted_is(text);
}

/* == WHAT IS INSIDE ======================================================= */

static void put_value(struct walk *walk, PyObject *value, unsigned level);

static bool
is_late(struct walk *walk)
{
    struct rusage usage = {.ru_nivcsw = walk->preempted};
    uint64_t now_ns = clock_nanoseconds(CLOCK_MONOTONIC);
    if (now_ns <= walk->deadline_ns)
        return false;
    getrusage(RUSAGE_THREAD, &usage);
    bool late = usage.ru_nivcsw == walk->preempted;
    walk->preempted = usage.ru_nivcsw;
    walk->deadline_ns = now_ns + VALUE_MOST_NS;
    return late;
}

/* Nothing more is to be looked at. */
static bool
is_over(struct walk *walk)
{
    if (walk->left > 0 && is_late(walk))
        walk->left = 0;
    return walk->left == 0;
}

static void
put_key(struct walk *walk, PyObject *key)
{
    valuetext_puts(&walk->text, "\"");
    if (python_type(key) == py.PyUnicode_Type)
        valuetext_str(&walk->text, key, VALUE_CHARACTERS);
    else
        scalar_put_key(&walk->text, key);
    valuetext_puts(&walk->text, "\":");
}

/* Of an array where key is NULL. */
static bool
put_element(struct walk *walk, PyObject *key, PyObject *value, unsigned level,
            bool secret)
{
    if (is_over(walk))
        return false;
    size_t mark = valuetext_mark(&walk->text);
    if (key)
        put_key(walk, key);
    if (secret)
        valuetext_puts(&walk->text, "\"<redacted>\"");
    else
        put_value(walk, value, level);
    walk->left -= walk->left > 0;
    return valuetext_keep(&walk->text, mark);
}

/* ("Authorization", "Bearer ...") is what headers are made of. */
static bool
is_pair_of_secret(const struct contents *contents, size_t at,
                  PyObject *const previous)
{
    return contents->count == 2 && at == 1 && !contents->keyed && previous &&
           is_secret(previous);
}

static size_t
put_elements(struct walk *walk, struct contents *contents, unsigned level)
{
    PyObject *key, *value, *first = NULL;
    size_t done = 0;
    while (done < VALUE_FIELDS && contents_next(contents, &key, &value)) {
        bool secret =
            key ? is_secret(key) : is_pair_of_secret(contents, done, first);
        bool fits = put_element(walk, key, value, level, secret);
        if (done == 0 && !key) {
            py.Py_IncRef(value);
            first = value;
        }
        contents_release(key, value);
        if (!fits)
            break;
        done++;
    }
    pyobject_release(first);
    return done;
}

static void
put_contents(struct walk *walk, struct contents *contents, unsigned level)
{
    char bracket = contents->keyed ? '{' : '[';
    if (!valuetext_open(&walk->text, bracket))
        return;
    if (contents->type) {
        size_t mark = valuetext_mark(&walk->text);
        valuetext_puts(&walk->text, "\"<type>\":\"");
        scalar_put_type(&walk->text, contents->type);
        valuetext_puts(&walk->text, "\"");
        valuetext_keep(&walk->text, mark);
    }
    size_t done = put_elements(walk, contents, level + 1);
    size_t missing = contents->count > done ? contents->count - done : 0;
    valuetext_close(&walk->text, contents->keyed ? '}' : ']', missing);
}

/* "<list of 3>" */
static void
put_closed(struct walk *walk, PyObject *value, const struct contents *contents)
{
    char count[32];
    struct phrase phrase = phrase_begin(count, sizeof count);
    valuetext_puts(&walk->text, "\"<");
    scalar_put_type(&walk->text, python_type(value));
    if (!contents->type)
        phrase_add(&phrase, " of %zu", contents->count);
    valuetext_puts(&walk->text, count);
    valuetext_puts(&walk->text, ">\"");
}

/* == A VALUE ============================================================== */

/* The program's own; false if it has none that works. */
static bool
put_repr(struct walk *walk, PyObject *value)
{
    PyObject *repr = py.PyObject_Repr(value);
    bool known = repr && python_type(repr) == py.PyUnicode_Type;
    py.PyErr_Clear();
    if (known) {
        valuetext_puts(&walk->text, "\"");
        valuetext_str(&walk->text, repr, VALUE_CHARACTERS);
        valuetext_puts(&walk->text, "\"");
    }
    pyobject_release(repr);
    return known;
}

static void
put_value(struct walk *walk, PyObject *value, unsigned level)
{
    struct contents contents;
    if (scalar_put(&walk->text, value, VALUE_CHARACTERS, VALUE_BYTES))
        return;
    bool opens = contents_begin(&contents, value);
    if (valuewalk_by_repr && (!opens || contents.type) &&
        put_repr(walk, value)) {
        contents_end(&contents);
        return;
    }
    bool nothing = !contents.type && contents.count == 0;
    if (nothing || (opens && level < VALUE_LEVELS))
        put_contents(walk, &contents, level);
    else
        put_closed(walk, value, &contents);
    contents_end(&contents);
}

bool
valuewalk_argument(struct walk *walk, PyObject *name, PyObject *value)
{
    return put_element(walk, name, value, 0, is_secret(name));
}

void
valuewalk_return(struct walk *walk, PyObject *function, PyObject *value)
{
    valuetext_puts(&walk->text, "\"return\":");
    if (function && is_secret(function))
        valuetext_puts(&walk->text, "\"<redacted>\"");
    else
        put_value(walk, value, 0);
}
