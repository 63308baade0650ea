/* SPDX-License-Identifier: Apache-2.0
 *
 * exceptions.c: see exceptions.h.
 *
 * One that is raised anew has a traceback with the one frame that it is in.  What it
 * is known by later: from 3.12 on the exception itself, which is one object as long
 * as it is under way.  Up to 3.11 that is made late, so there it is the innermost part
 * of the traceback.
 */
#include "agent/cpython/follow/exceptions.h"

#include <errno.h>
#include <string.h>

#include "agent/cpython/abi/exception.h"
#include "agent/cpython/abi/guard.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/abi/raised.h"
#include "agent/cpython/abi/type.h"
#include "agent/cpython/follow/annotation.h"
#include "agent/cpython/names/code.h"
#include "agent/cpython/names/intern.h"
#include "agent/cpython/names/wanted.h"
#include "agent/track/record.h"
#include "agent/track/window.h"
#include "formats/base/phrase.h"

bool exceptions_are_wanted;

void
exceptions_want(bool all)
{
    exceptions_are_wanted = all;
}

/* What is looked at. */
struct exception {
    PyTypeObject *type;
    PyObject *value, *traceback;
};

/* == WHICH ONE IT IS ====================================================== */

/* 0: none of those that were recorded last. */
static uint32_t
number_of(const struct known_exceptions *known, const void *key)
{
    for (int i = 0; key && i < THREAD_EXCEPTIONS; i++)
        if (known->list[i].key == key)
            return known->list[i].number;
    return 0;
}

static void
forget(struct known_exceptions *known, const void *key)
{
    for (int i = 0; i < THREAD_EXCEPTIONS; i++)
        if (known->list[i].key == key)
            known->list[i].key = NULL;
}

static void
know(struct known_exceptions *known, const void *key, uint32_t number)
{
    int at = (int)(number % THREAD_EXCEPTIONS);
    forget(known, key);
    known->list[at].key = key;
    known->list[at].number = number;
}

/* What is not recorded may have raised it: then it is where it comes into a call that
 * is. */
static bool
leaves_calls_out(void)
{
    return wanted_leaves_out() || thread_most_calls != UINT32_MAX;
}

/* == RECORDS ============================================================== */

#define PLACE_BYTES 200

static int64_t
type_id(PyTypeObject *type)
{
    struct text_holder holders[2];
    PyObject *module = type_module(type), *name = type_qualified_name(type);
    struct text names[3] = {pyobject_text(module, &holders[0]),
                            pyobject_text(name, &holders[1]),
                            {"", 0}};
    if (pyobject_is_text(module, "builtins") ||
        pyobject_is_text(module, "__main__"))
        names[0].length = 0;
    int64_t id = intern_function(SPOOL_EXCEPTION_TYPE, 0, 0, names);
    pyobject_release_text(&holders[0]);
    pyobject_release_text(&holders[1]);
    pyobject_release(module);
    pyobject_release(name);
    return id;
}

static void
put_code(struct phrase *phrase, PyObject *code)
{
    struct text_holder name, file;
    struct text called = pyobject_attribute_text(
        code, py.minor < 11 ? "co_name" : "co_qualname", &name);
    struct text path = pyobject_attribute_text(code, "co_filename", &file);
    const char *base = path.bytes + path.length;
    while (base > path.bytes && base[-1] != '/')
        base--;
    phrase_add(phrase, "%.*s (%.*s:%ld)", (int)called.length, called.bytes,
               (int)(path.bytes + path.length - base), base,
               pyobject_attribute_number(code, "co_firstlineno", 0));
    pyobject_release_text(&name);
    pyobject_release_text(&file);
}

/* Is it the innermost call that is recorded? */
static bool
is_innermost(const struct thread *thread, const PyObject *code)
{
    const struct call *top = thread->top;
    while (top > thread->bottom && ANNOTATION_IS_SPAN(top[-1].key))
        top--;
    return top > thread->bottom && CODE_OF_KEY(top[-1].key) == code &&
           !thread->unrecorded;
}

/* Where it was raised, unless that is the innermost call. */
static uint64_t
put_place(const struct thread *thread, PyObject *code, struct phrase *phrase)
{
    if (!code || is_innermost(thread, code))
        return 0;
    uint64_t word = code_word(code);
    if ((word & CODE_TAG_MASK) == CODE_NAMED)
        return (RECORD_ID((uint32_t)word) >> SPOOL_KIND_BITS) + 1;
    put_code(phrase, code);
    return 0;
}

static void
put(struct thread *thread, enum spool_exception what, uint32_t number,
    uint32_t line)
{
    const uint64_t payload[] = {(uint64_t)line << 32 | number,
                                (uint64_t)what | thread->exceptions.behind};
    record_exception(thread, payload, 2);
}

/* Its number; 0: it can't be recorded. */
static uint32_t
put_raised(struct thread *thread, const struct exception *it,
           struct raised_place place)
{
    char place_text[PLACE_BYTES], message_room[RAISED_BYTES];
    uint64_t payload[SPOOL_EXCEPTION_TEXT + 1 +
                     (RAISED_BYTES + PLACE_BYTES + 7) / 8] = {0};
    struct phrase in = phrase_begin(place_text, sizeof place_text);
    struct text message = raised_message(it->type, it->value, message_room);
    record_attend(thread);
    int64_t id = type_id(it->type);
    if (id < 0)
        return 0;
    uint32_t number = ++thread->exceptions.count;
    uint64_t control =
        exception_is_control(it->type, it->value) ? SPOOL_EXCEPTION_CONTROL : 0;
    char *text = (char *)&payload[SPOOL_EXCEPTION_TEXT];
    payload[SPOOL_EXCEPTION_WHAT] = (uint64_t)id << 8 | control |
                                    SPOOL_EXCEPTION_RAISED |
                                    thread->exceptions.behind;
    payload[SPOOL_EXCEPTION_NUMBER] = (uint64_t)place.line << 32 | number;
    payload[SPOOL_EXCEPTION_PLACE] = put_place(thread, place.code, &in);
    payload[SPOOL_EXCEPTION_BYTES] = (uint64_t)in.used << 32 | message.length;
    memcpy(text, message.bytes, message.length);
    memcpy(text + message.length, in.text, in.used);
    record_exception(thread, payload,
                     SPOOL_EXCEPTION_TEXT + 1 +
                         (uint32_t)(message.length + in.used + 7) / 8);
    thread->exceptions.last = number;
    thread->exceptions.at = thread->cursor.next;
    return number;
}

/* Nothing was recorded since it left the call before, but the exit of that and of a C
 * function around it: a reader knows. */
static bool
goes_straight_on(const struct thread *thread, uint32_t number)
{
    const struct known_exceptions *known = &thread->exceptions;
    const uint64_t *next = thread->cursor.next;
    return number == known->last && known->at &&
           (next == known->at || next == known->at + 1 ||
            (next == known->at + 2 &&
             ((next[-1] & 15) == SPOOL_EXIT_EXCEPTION ||
              (next[-1] & 15) == SPOOL_EXIT_CONTROL)));
}

/* 0: one that is not recorded. */
static void
put_leaving(struct thread *thread, uint32_t number, bool uncaught)
{
    if (uncaught && number)
        put(thread, SPOOL_EXCEPTION_UNCAUGHT, number, 0);
    else if (exceptions_are_wanted && !goes_straight_on(thread, number))
        put(thread, SPOOL_EXCEPTION_GOES_ON, number, 0);
    thread->exceptions.last = number;
    thread->exceptions.at = thread->cursor.next;
}

/* == ASIDE ================================================================ */

/* Some of this asks the program's dictionaries: nothing is recorded meanwhile. */
struct aside {
    int saved_errno;
    struct exception pending;
};

static struct aside
step_aside(void)
{
    struct aside aside = {.saved_errno = errno};
    PyObject *type;
    guard_shut_out();
    py.PyErr_Fetch(&type, &aside.pending.value, &aside.pending.traceback);
    aside.pending.type = (PyTypeObject *)type;
    return aside;
}

static void
step_back(const struct aside *aside)
{
    py.PyErr_Clear();
    py.PyErr_Restore((PyObject *)aside->pending.type, aside->pending.value,
                     aside->pending.traceback);
    guard_let_in();
    errno = aside->saved_errno;
}

/* == FROM 3.12 ON ========================================================= */

static bool
is_to_be_recorded(const struct thread *thread, PyObject *code,
                  PyObject *exception, bool anew)
{
    if (!leaves_calls_out())
        return anew;
    return is_innermost(thread, code) &&
           (anew || !number_of(&thread->exceptions, exception));
}

void
exceptions_raise(struct thread *thread, PyObject *code, PyObject *exception)
{
    if (!thread)
        return;
    struct aside aside = step_aside();
    PyObject *traceback = py.PyException_GetTraceback(exception);
    struct exception it = {python_type(exception), exception, traceback};
    bool anew = traceback && raised_just_now(traceback, code);
    if (anew)
        forget(&thread->exceptions, exception);
    if (traceback && is_to_be_recorded(thread, code, exception, anew))
        know(&thread->exceptions, exception,
             put_raised(thread, &it, raised_place(traceback)));
    pyobject_release(traceback);
    step_back(&aside);
}

/* The handler's first instructions have no line. */
static uint32_t
line_of(PyObject *code, int offset)
{
    int line = 0;
    for (int i = 0; i < 8 && line <= 0; i++)
        line = py.PyCode_Addr2Line((PyCodeObject *)code, offset + 2 * i);
    return line > 0 ? (uint32_t)line : 0;
}

void
exceptions_handle(struct thread *thread, PyObject *code, int offset,
                  PyObject *exception)
{
    uint32_t number = thread ? number_of(&thread->exceptions, exception) : 0;
    if (!number || !is_innermost(thread, code))
        return;
    put(thread, SPOOL_EXCEPTION_HANDLED, number, line_of(code, offset));
}

void
exceptions_leave(struct thread *thread, PyObject *exception, bool uncaught)
{
    struct exception it = {python_type(exception), exception, NULL};
    uint32_t number = number_of(&thread->exceptions, exception);
    if (!number && uncaught) {
        struct aside aside = step_aside();
        it.traceback = py.PyException_GetTraceback(exception);
        number = put_raised(thread, &it, raised_place(it.traceback));
        know(&thread->exceptions, exception, number);
        pyobject_release(it.traceback);
        step_back(&aside);
    }
    put_leaving(thread, number, uncaught);
}

/* == UP TO 3.11 =========================================================== */

/* Of one that is far away from where it was raised; it goes straight on. */
static uint32_t
number_of_deep(const struct thread *thread)
{
    uint32_t last = thread->exceptions.last;
    return goes_straight_on(thread, last) ? last : 0;
}

static void
leave(struct thread *thread, const struct exception *it, bool uncaught)
{
    const PyObject *key = NULL;
    bool here = it->traceback && raised_here(it->traceback, &key);
    uint32_t number = here  ? 0
                      : key ? number_of(&thread->exceptions, key)
                            : number_of_deep(thread);
    if (!number &&
        (uncaught || (exceptions_are_wanted && (here || leaves_calls_out()))))
        number = put_raised(thread, it, raised_place(it->traceback));
    put_leaving(thread, number, uncaught);
    if (number && key)
        know(&thread->exceptions, key, number);
}

void
exceptions_leave_pending(struct thread *thread, bool ended, bool uncaught)
{
    struct aside aside = step_aside();
    thread->exceptions.behind = ended ? SPOOL_EXCEPTION_BEHIND : 0;
    if (aside.pending.type)
        leave(thread, &aside.pending, uncaught);
    thread->exceptions.behind = 0;
    step_back(&aside);
}
