/* SPDX-License-Identifier: Apache-2.0
 *
 * monitoring.c: sys.monitoring (PEP 669), from 3.12.
 */
#include "agent/cpython/hooks/monitoring.h"

#include <stdio.h>

#include "agent/cpython/abi/exception.h"
#include "agent/cpython/abi/guard.h"
#include "agent/cpython/abi/interpreter.h"
#include "agent/cpython/abi/upcalls.h"
#include "agent/cpython/follow/exceptions.h"
#include "agent/cpython/hooks/callback.h"
#include "agent/cpython/hooks/earlycall.h"
#include "agent/cpython/hooks/foreign.h"
#include "agent/cpython/hooks/hook.h"
#include "agent/cpython/hooks/instruction.h"
#include "agent/cpython/hooks/sentinel.h"
#include "agent/cpython/hooks/sieve.h"
#include "agent/cpython/hooks/teller.h"
#include "agent/cpython/hooks/throttle.h"
#include "agent/cpython/hooks/tool.h"
#include "agent/cpython/hooks/uncaught.h"
#include "agent/cpython/names/program.h"
#include "agent/cpython/names/wanted.h"
#include "agent/store/entry.h"

/* == CALLBACKS ============================================================ */

/* None is immortal in all these versions (PEP 683): no reference is counted. */
#define NONE py._Py_NoneStruct

/* In tail position, so that the callbacks need no frame of their own. */
#define SLOWLY __attribute__((noinline, cold)) static PyObject *

/* The place in the code that told this is not to tell it again. */
SLOWLY
disable(void)
{
    PyObject *answer = interpreter_current()->monitor.disable;
    py.Py_IncRef(answer);
    return answer;
}

/* By a rule, or because it is a library's: what it calls of C functions is not
 * watched. */
static bool
is_hidden(PyObject *code)
{
    if (!wanted_leaves_out() || !code_is_code(code))
        return false;
    uint64_t word = code_word(code);
    return word & CODE_FOREIGN || (word & CODE_TAG_MASK) == CODE_HIDDEN;
}

/* And nothing in it is watched. */
static bool
is_left_out(PyObject *code)
{
    return wanted_has_rules && code_is_code(code) &&
           CODE_IS_LEFT_OUT(code_word(code));
}

/* In a call of a library: as most are where only the user's own code is recorded. */
static inline bool
is_folded_entry(PyObject *code)
{
    struct thread *thread = wanted_own ? thread_current : NULL;
    return thread && code_is_code(code) &&
           foreign_passes_known(thread, code, code_word(code));
}

static inline bool
is_folded_exit(PyObject *code)
{
    struct thread *thread = wanted_own ? thread_current : NULL;
    uint64_t word = thread && code_is_code(code) ? code_word(code) : 0;
    return !(word & CODE_WATCHED) && thread &&
           foreign_passes_exit(thread, code, word);
}

/* To wake one is to tell all tools everything again, so it may not be where the
 * program has one; and calls must be told. */
static bool
may_sleep(void)
{
    const struct monitor *monitor = &interpreter_current()->monitor;
    return !monitor->company && monitor->set & monitor->call;
}

/* A call that is not recorded because there are too many of it. */
static bool
is_throttled(PyObject *code)
{
    struct thread *thread = throttle_is_on ? thread_current : NULL;
    return thread && code_is_code(code) && throttle_passes(thread, code);
}

static bool
is_throttled_exit(PyObject *code, enum spool_kind kind)
{
    struct thread *thread = throttle_is_on ? thread_current : NULL;
    if (!thread || !code_is_code(code) || !(code_word(code) & CODE_THROTTLED))
        return false;
    throttle_exit(thread, code, kind);
    return true;
}

/* CPython does not let a throw() be switched off. */
SLOWLY
enter_slowly(PyObject *code, enum spool_kind kind)
{
    if (is_folded_entry(code))
        return may_sleep() && kind != SPOOL_THROW && foreign_falls_asleep(code)
                   ? disable()
                   : NONE;
    if (is_throttled(code))
        return kind == SPOOL_THROW ? NONE : disable();
    if (code_is_code(code))
        hook_enter_slowly(code, kind);
    return kind != SPOOL_THROW && is_left_out(code) ? disable() : NONE;
}

SLOWLY
exit_slowly(PyObject *const *arguments, enum spool_kind kind)
{
    PyObject *code = arguments[0];
    if (is_folded_exit(code))
        return CODE_IS_ASLEEP(code_word(code)) ? disable() : NONE;
    if (is_throttled_exit(code, kind))
        return throttle_passes_exit(code) ? disable() : NONE;
    if (code_is_code(code))
        hook_exit_slowly(code, kind, arguments[2]);
    return is_left_out(code) ? disable() : NONE;
}

/* Of a C function with too many calls.  Its place is not looked at again. */
static bool
is_throttled_call(PyObject *callable)
{
    struct thread *thread = throttle_is_on ? thread_current : NULL;
    struct c_callable known = c_callable_of(callable);
    if (!thread || !known.definition || !throttle_passes_c(thread, &known))
        return false;
    earlycall_pass(callable);
    return true;
}

SLOWLY
enter_c_slowly(PyObject *const *arguments)
{
    if (is_throttled_call(arguments[2]))
        return disable();
    if (!instruction_ends_unseen(arguments[0], arguments[1], arguments[2]))
        hook_enter_c_slowly(arguments[2]);
    return NONE;
}

SLOWLY
unwind_slowly(PyObject *const *arguments, enum spool_kind kind)
{
    PyObject *code = arguments[0];
    if (is_throttled_exit(code, kind))
        return NONE;
    if (!code_is_code(code) ||
        (thread_followed() && instruction_is_resume(code, arguments[1]) &&
         instruction_frame_is_unknown(code, thread_own)))
        return NONE; /* it never ran */
    hook_exit_slowly(code, kind, NULL);
    return NONE;
}

static __attribute__((noinline, cold)) enum spool_kind
unwind_kind(PyObject *const *arguments)
{
    enum spool_kind kind = exception_exit(arguments[2]);
    if (kind == SPOOL_EXIT_CONTROL && code_is_code(arguments[0]))
        kind = uncaught_exit(thread_followed(), arguments[0], arguments[2]);
    uncaught_tell(thread_followed(), arguments[0], arguments[2], kind);
    return kind;
}

SLOWLY
exit_c_slowly(PyObject *callable)
{
    hook_exit_c_slowly(callable, SPOOL_EXIT);
    return NONE;
}

/* C_RAISE does not tell the exception; RAISE, which comes next, does. */
SLOWLY
raise_c(PyObject *const *arguments)
{
    hook_raise_c(arguments[2], arguments[0]);
    return NONE;
}

SLOWLY
settle(PyObject *const *arguments)
{
    struct thread *thread = thread_followed();
    if (thread && thread->doubt.key == arguments[0])
        record_settle(thread, arguments[0], exception_exit(arguments[2]));
    if (exceptions_are_wanted && code_is_code(arguments[0]))
        exceptions_raise(thread, arguments[0], arguments[2]);
    return NONE;
}

SLOWLY
handle(PyObject *const *arguments)
{
    if (code_is_code(arguments[0]))
        exceptions_handle(thread_followed(), arguments[0],
                          (int)py.PyLong_AsLong(arguments[1]), arguments[2]);
    return NONE;
}

/* == CALLS THAT TAKE C STACK ============================================== */

/* Python functions that are called by f(*args), and classes, from 3.13 on, run on
 * the C stack only because the call is watched: so a recursion that fits would
 * overflow.  Far down each such place is given up. */
static void
tell_given_up(void)
{
    entry_append_lasting_note(
        "a recursion took much C stack: where it called Python functions or "
        "classes, calls of C functions are not seen");
}

SLOWLY
call_slowly(PyObject *const *arguments)
{
    struct thread *thread = thread_current;
    if (!thread || py.minor < 13 || c_callable_of(arguments[2]).definition ||
        !thread_is_far(thread))
        return enter_c_slowly(arguments);
    tell_given_up();
    return disable();
}

static inline __attribute__((always_inline)) bool
try_call(PyObject *callable)
{
    struct c_callable known = c_callable_of(callable);
    const struct thread *thread = thread_current;
    if (known.definition) /* a method object is looked at with care */
        return likely(known.object == callable) &&
               hook_try_enter_known_c(&known, false);
    return !thread || likely(thread_stack_pointer() >= thread->far_guard);
}

/* A callback, and what it comes to without hook_knows_all. */
#define HOOK(name, try, slowly)                                         \
    static PyObject *name(PyObject *self, PyObject *const *arguments,   \
                          size_t count, PyObject *keywords)             \
    {                                                                   \
        (void)self, (void)count, (void)keywords;                        \
        return likely(try) ? NONE : (slowly);                           \
    }                                                                   \
    static PyObject *name##_with_care(PyObject *self,                   \
                                      PyObject *const *arguments,       \
                                      size_t count, PyObject *keywords) \
    {                                                                   \
        (void)self, (void)count, (void)keywords;                        \
        return slowly;                                                  \
    }

#define ENTER(name, kind)                               \
    HOOK(name,                                          \
         code_is_code(arguments[0]) &&                  \
             hook_try_enter(arguments[0], kind, false), \
         enter_slowly(arguments[0], kind))
#define EXIT(name, kind) \
    HOOK(name, hook_try_exit(arguments[0], kind), exit_slowly(arguments, kind))

ENTER(on_start, SPOOL_ENTER_PYTHON)
ENTER(on_resume, SPOOL_RESUME)
ENTER(on_throw, SPOOL_THROW)
EXIT(on_return, SPOOL_EXIT)
EXIT(on_yield, SPOOL_YIELD)
HOOK(on_unwind,
     !instruction_is_resume(arguments[0], arguments[1]) &&
         hook_try_exit(arguments[0], unwind_kind(arguments)),
     unwind_slowly(arguments, unwind_kind(arguments)))
HOOK(on_call, try_call(arguments[2]), call_slowly(arguments))
HOOK(on_c_return, hook_try_exit_c(arguments[2], SPOOL_EXIT),
     exit_c_slowly(arguments[2]))
HOOK(on_c_raise, false, raise_c(arguments))
HOOK(on_raise, false, settle(arguments))
HOOK(on_handled, false, handle(arguments))

/* What the rules say of a C function; of anything else, and of one that can't be
 * named, nothing. */
static enum wanted
rules_say(PyObject *callable)
{
    struct c_callable known = c_callable_of(callable);
    struct thread *thread = known.definition ? attach_thread() : NULL;
    return thread && c_function_word(&known, thread) ? c_function_said(&known)
                                                     : WANTED_UNSAID;
}

/* What slept is told again. */
static __attribute__((noinline, cold)) void
restart(void)
{
    struct guard guard;
    guard_enter(&guard, thread_current);
    tool_restart(&interpreter_current()->monitor);
    guard_leave(&guard, thread_current);
}

/* With rules: code that is left out calls C functions unseen, but for those that a
 * rule wants. */
static bool
is_passed_over(PyObject *const *arguments)
{
    enum wanted said = rules_say(arguments[2]);
    return said == WANTED_NOT || (said != WANTED && is_hidden(arguments[0]));
}

/* A place that called another one first is not looked at again, where the code does
 * not name what is wanted. */
static PyObject *
on_chosen_call(PyObject *self, PyObject *const *arguments, size_t count,
               PyObject *keywords)
{
    PyObject *code = arguments[0];
    if (wanted_own && !is_hidden(code) && foreign_wakes(arguments[2]))
        restart();
    if (!is_passed_over(arguments))
        return (hook_knows_all() ? on_call : on_call_with_care)(
            self, arguments, count, keywords);
    earlycall_pass(arguments[2]);
    return is_hidden(code) && !(code_word(code) & CODE_LEADS) ? disable()
                                                              : NONE;
}

static PyObject *
on_chosen_c_return(PyObject *self, PyObject *const *arguments, size_t count,
                   PyObject *keywords)
{
    if (is_passed_over(arguments))
        return NONE;
    return (hook_knows_all() ? on_c_return : on_c_return_with_care)(
        self, arguments, count, keywords);
}

static PyObject *
on_chosen_c_raise(PyObject *self, PyObject *const *arguments, size_t count,
                  PyObject *keywords)
{
    (void)self, (void)count, (void)keywords;
    return is_passed_over(arguments) ? NONE : raise_c(arguments);
}

static vectorcall *
chosen_hook(vectorcall *hook)
{
    if (hook == on_call || hook == on_call_with_care)
        return on_chosen_call;
    if (hook == on_c_return || hook == on_c_return_with_care)
        return on_chosen_c_return;
    return hook == on_c_raise || hook == on_c_raise_with_care
               ? on_chosen_c_raise
               : hook;
}

/* Where functions are to be throttled: whatever is called is looked at, and a place
 * that calls what is not recorded is not looked at again. */
static PyObject *
on_careful_call(PyObject *self, PyObject *const *arguments, size_t count,
                PyObject *keywords)
{
    if (wanted_leaves_out())
        return on_chosen_call(self, arguments, count, keywords);
    if (!c_callable_of(arguments[2]).definition &&
        throttle_ignores(arguments[2]) && !throttle_probes())
        return disable();
    return on_call_with_care(self, arguments, count, keywords);
}

/* PY_START before the recording. */
static PyObject *
on_watch(PyObject *self, PyObject *const *arguments, size_t count,
         PyObject *keywords)
{
    (void)self, (void)count, (void)keywords;
    if (!code_is_code(arguments[0]))
        return NONE;
    instruction_learn(arguments[0], arguments[1]);
    if ((upcalls->is_recording() ||
         (program_may_start(arguments[0]) &&
          program_starts(arguments[0], py.PyEval_GetGlobals()))) &&
        (upcalls->is_recording() ? upcalls->join() : upcalls->program()) == 0)
        enter_slowly(arguments[0], SPOOL_ENTER_PYTHON); /* we are in it */
    return NONE;
}

/* == REGISTERING ========================================================== */

enum when {
    ALWAYS,
    FOR_C_CALLS,
    FOR_RAISES, /* and for exceptions */
    FOR_EXCEPTIONS,
    IMPLIED /* comes with CALL, and may not be asked for by itself */
};

/* hook is NULL at the end. */
struct registration {
    const char *event;
    vectorcall *hook, *with_care;
    enum when when;
};

#define ROW(event, hook, when)              \
    {                                       \
        event, hook, hook##_with_care, when \
    }

static const struct registration watching[] = {
    {"PY_START", on_watch, on_watch, ALWAYS},
    {NULL, NULL, NULL, ALWAYS},
};
static const struct registration recording[] = {
    ROW("PY_START", on_start, ALWAYS),
    ROW("PY_RESUME", on_resume, ALWAYS),
    ROW("PY_THROW", on_throw, ALWAYS),
    ROW("PY_RETURN", on_return, ALWAYS),
    ROW("PY_YIELD", on_yield, ALWAYS),
    ROW("PY_UNWIND", on_unwind, ALWAYS),
    ROW("CALL", on_call, FOR_C_CALLS),
    ROW("C_RETURN", on_c_return, IMPLIED),
    ROW("C_RAISE", on_c_raise, IMPLIED),
    ROW("RAISE", on_raise, FOR_RAISES),
    ROW("EXCEPTION_HANDLED", on_handled, FOR_EXCEPTIONS),
    {NULL, NULL, NULL, ALWAYS},
};

static vectorcall *
usual_hook(const struct registration *row)
{
    vectorcall *hook = hook_knows_all() ? row->hook : row->with_care;
    return wanted_leaves_out() ? chosen_hook(hook) : hook;
}

static vectorcall *
careful_hook(const struct registration *row)
{
    if (row->hook == on_call)
        return on_careful_call;
    return row->hook == on_start || row->hook == on_resume ? row->with_care
                                                           : usual_hook(row);
}

static void
take_care(bool careful)
{
    struct interpreter *at = interpreter_first();
    for (; at; at = at->next)
        for (size_t i = 0; at->state && recording[i].hook; i++)
            if (at->monitor.callbacks[i])
                callback_change(at->monitor.callbacks[i],
                                careful ? careful_hook(&recording[i])
                                        : usual_hook(&recording[i]));
}

static bool careful;

void
monitoring_choose_hooks(void)
{
    take_care(careful);
}

void
monitoring_throttle(void)
{
    struct throttle_orders orders = throttle_act();
    if (orders.restart)
        tool_restart(&interpreter_current()->monitor);
    if (orders.care != careful)
        take_care(orders.care);
    careful = orders.care;
}

static int
register_hook(struct interpreter *interpreter, size_t index,
              const struct registration *row, long *set)
{
    struct monitor *monitor = &interpreter->monitor;
    long event = tool_event(monitor, row->event);
    PyObject *callback = event ? callback_make(interpreter, usual_hook(row),
                                               &monitor->callbacks[index])
                               : NULL;
    if (!callback)
        return -1;
    if (row->when != IMPLIED)
        *set |= event;
    int result = tool_register(monitor, index, event, callback);
    py.Py_DecRef(callback);
    return result;
}

static bool
is_for(enum when when, bool c_calls)
{
    switch (when) {
    case ALWAYS: return true;
    case FOR_RAISES: return c_calls || exceptions_are_wanted;
    case FOR_EXCEPTIONS: return exceptions_are_wanted;
    default: return c_calls;
    }
}

/* What the rows before these had is gone: PY_YIELD is told in any case. */
static int
register_rows(struct interpreter *interpreter, const struct registration *rows,
              bool c_calls)
{
    struct monitor *monitor = &interpreter->monitor;
    long set = 0;
    size_t i = 0;
    if (!monitor->callback_type || tool_take(monitor) < 0)
        return -1;
    for (; rows[i].hook; i++)
        if (is_for(rows[i].when, c_calls) &&
            register_hook(interpreter, i, &rows[i], &set) < 0)
            return -1;
    tool_unregister_from(monitor, i);
    return tool_set_events(monitor, set);
}

/* To register is an audit event: the program's hooks run. */
static int
register_hooks(const struct registration *rows, bool c_calls)
{
    struct guard guard;
    guard_enter(&guard, NULL);
    int result = register_rows(interpreter_current(), rows, c_calls);
    if (result == 0)
        teller_open(interpreter_current());
    guard_leave(&guard, NULL);
    return result;
}

static PyObject *
on_shared(PyObject *self, PyObject *const *arguments, size_t count,
          PyObject *keywords)
{
    (void)self, (void)arguments, (void)count, (void)keywords;
    return disable();
}

/* In a pause: a function is called, by which it may end.  We are in it then. */
static PyObject *
on_sentinel(PyObject *self, PyObject *const *arguments, size_t count,
            PyObject *keywords)
{
    (void)self, (void)count, (void)keywords;
    enum sentinel says = sentinel_look(arguments[0]);
    if (says == SENTINEL_ACTED && code_is_code(arguments[0]))
        return enter_slowly(arguments[0], SPOOL_ENTER_PYTHON);
    return says == SENTINEL_TOO_OFTEN ? disable() : NONE;
}

/* It is left. */
static PyObject *
on_sentinel_leaving(PyObject *self, PyObject *const *arguments, size_t count,
                    PyObject *keywords)
{
    (void)self, (void)count, (void)keywords;
    return sentinel_look(arguments[0]) == SENTINEL_TOO_OFTEN ? disable() : NONE;
}

static int
make_sentinels(struct interpreter *interpreter)
{
    struct callback *kept[2] = {NULL, NULL};
    PyObject **sentinels = interpreter->monitor.sentinels;
    sentinels[0] = callback_make(interpreter, on_sentinel, &kept[0]);
    sentinels[1] = callback_make(interpreter, on_sentinel_leaving, &kept[1]);
    return sentinels[0] && sentinels[1] ? 0 : -1;
}

int
monitoring_open(void)
{
    instruction_measure();
    struct interpreter *interpreter = interpreter_current();
    struct monitor *monitor = &interpreter->monitor;
    struct callback *kept = NULL;
    *monitor = MONITOR_NONE;
    monitor->callback_type = callback_make_type();
    monitor->sieve_type = sieve_make_type();
    if (monitor->callback_type && monitor->sieve_type &&
        tool_open(monitor) == 0)
        monitor->disabling = callback_make(interpreter, on_shared, &kept);
    if (monitor->disabling && make_sentinels(interpreter) == 0)
        return 0;
    py.PyErr_Clear();
    return -1;
}

int
monitoring_watch(void)
{
    return register_hooks(watching, false);
}

void
monitoring_close(void)
{
    struct guard guard;
    guard_enter(&guard, NULL);
    tool_give_back(&interpreter_current()->monitor);
    guard_leave(&guard, NULL);
}

void
monitoring_rest(enum listening listening)
{
    struct monitor *monitor = &interpreter_current()->monitor;
    if (monitor->tool < 0)
        return;
    if (listening)
        sentinel_begin(listening == LISTENING_SURELY);
    tool_rest(monitor, listening ? monitor->start : 0);
}

int
monitoring_begin(bool c_calls)
{
    return register_hooks(recording, c_calls);
}

void
monitoring_forget(struct monitor *monitor)
{
    for (size_t i = 0; i < sizeof recording / sizeof *recording; i++)
        if (monitor->callbacks[i])
            py.Py_DecRef(monitor_callback(monitor, i));
    *monitor = MONITOR_NONE;
}

int
monitoring_arrive(void)
{
    for (struct interpreter *at = interpreter_first(); at; at = at->next)
        if (at->state)
            callback_ask_whose(&at->monitor);
    return monitoring_open();
}
