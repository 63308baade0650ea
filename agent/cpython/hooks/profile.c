/* SPDX-License-Identifier: Apache-2.0
 *
 * profile.c: the profile function of Python up to 3.11.  It is told frames, not
 * code objects, and does not tell a generator's steps from calls: both are
 * learned from the frame.
 */
#include "agent/cpython/hooks/profile.h"

#include "agent/base/process.h"
#include "agent/cpython/abi/exception.h"
#include "agent/cpython/abi/frame.h"
#include "agent/cpython/abi/interpreter.h"
#include "agent/cpython/follow/attach.h"
#include "agent/cpython/follow/attend.h"
#include "agent/cpython/hooks/foreign.h"
#include "agent/cpython/hooks/hook.h"
#include "agent/cpython/hooks/lookout.h"
#include "agent/cpython/hooks/running.h"
#include "agent/cpython/hooks/uncaught.h"
#include "agent/cpython/names/generator.h"
#include "agent/cpython/names/triggers.h"

/* == GENERATORS =========================================================== */

static enum spool_kind
kind_of_entry(void *frame, PyObject *code, uint64_t word, struct thread *thread)
{
    bool thrown = thread->throwing;
    thread->throwing = false;
    if (!(word & CODE_GENERATOR) ||
        !generator_has_begun(word, frame_lasti(frame, code)))
        return SPOOL_ENTER_PYTHON;
    return thrown ? SPOOL_THROW : SPOOL_RESUME;
}

static enum spool_kind
kind_of_exit(void *frame, PyObject *code, uint64_t word, PyObject *value)
{
    if (!value)
        return SPOOL_EXIT_EXCEPTION; /* until it is settled */
    if (word & CODE_GENERATOR &&
        generator_has_yielded(word, frame_lasti(frame, code)))
        return SPOOL_YIELD;
    return SPOOL_EXIT;
}

/* The word of the frame's code where its steps are known by it, whether or not it
 * has besides; else 0. */
static inline uint64_t
word_of_steps(const struct thread *thread, void *frame, PyObject **code,
              uint64_t besides)
{
    if (!thread || !frame_lasti_place.offset || !frame_code_offset ||
        !hook_knows_all())
        return 0;
    *code = python_word(frame, frame_code_offset);
    uint64_t word = code_known_word(*code);
    return CODE_STEPS(word & ~besides) ? word : 0;
}

/* A step of a generator that is known, as in record.h. */
static inline bool
try_begin_step(void *frame)
{
    struct thread *thread = thread_current;
    PyObject *code;
    uint64_t word = word_of_steps(thread, frame, &code, 0);
    if (!word || thread->throwing)
        return false;
    if (py.minor == 11 && !running_calls(thread, frame))
        return false;
    bool begun = generator_has_begun(word, frame_known_lasti(frame, code));
    uint32_t kind = begun ? SPOOL_RESUME : SPOOL_ENTER_PYTHON;
    return record_try_enter_in(thread, CODE_KEY(code, word),
                               (uint32_t)word + kind - SPOOL_ENTER_PYTHON,
                               RUNNING_FRAME(frame));
}

static inline bool
try_end_step(void *frame)
{
    struct thread *thread = thread_current;
    PyObject *code;
    uint64_t word = word_of_steps(thread, frame, &code, CODE_COROUTINE);
    if (!word || (py.minor == 11 && !running_is_innermost(thread, frame)))
        return false;
    bool yielded = generator_has_yielded(word, frame_known_lasti(frame, code));
    return record_try_exit(thread, CODE_KEY(code, word),
                           yielded ? SPOOL_YIELD : SPOOL_EXIT);
}

/* == EXCEPTIONS =========================================================== */

/* The interpreter has put the exception aside while we are told of the exit: the
 * frame evaluation sees it a moment later. */

#define DOUBT_KEY(frame, generator) \
    ((const void *)((uintptr_t)(frame) | (generator)))

static void
doubt(struct thread *thread, const void *frame, uint64_t word)
{
    bool generator = word & CODE_GENERATOR;
    record_doubt(thread, (uint32_t)word, DOUBT_KEY(frame, generator));
}

PyObject *
profile_settle(const void *frame)
{
    struct thread *thread = thread_followed();
    const void *key = thread ? thread->doubt.key : NULL;
    bool generator = key == DOUBT_KEY(frame, true);
    if (!key || key != DOUBT_KEY(frame, generator))
        return NULL;
    enum spool_kind kind = exception_exit_pending(generator);
    if (kind == SPOOL_EXIT_CONTROL && !generator)
        kind = uncaught_exit_pending(thread, thread->top, thread->doubt.record);
    record_settle(thread, key, kind);
    uncaught_tell_pending(thread, thread->top, kind);
    return NULL;
}

/* == WHAT IS PASSED OVER ================================================== */

/* In 3.11 the call around it stands for its frame meanwhile. */
static void
stand_in(void *frame, int what)
{
    struct thread *thread = py.minor == 11 ? thread_own : NULL;
    if (!thread || !frame_previous_offset)
        return;
    void *outer = python_word(frame, frame_previous_offset);
    if (what == PROFILE_CALL && running_is_innermost(thread, outer))
        thread->top[-1].frame = RUNNING_FRAME(frame);
    else if (what == PROFILE_RETURN && running_is_innermost(thread, frame))
        thread->top[-1].frame = RUNNING_FRAME(outer);
}

static bool
passes_exit(struct thread *thread, void *frame, PyObject *code)
{
    uint64_t word = code_word(code);
    if (!foreign_passes_exit(thread, code, word))
        return false;
    stand_in(frame, PROFILE_RETURN);
    if (word & CODE_WATCHED)
        attend_code(code, word, thread, false);
    return true;
}

/* == EVENTS =============================================================== */

static void
begin_slowly(PyFrameObject *object)
{
    void *frame = frame_of_object(object);
    if (likely(try_begin_step(frame)))
        return;
    struct thread *thread = attach_thread();
    PyObject *code = thread ? frame_code(frame) : NULL;
    uint64_t word = code ? code_word(code) : 0;
    bool passes = foreign_passes_known(thread, code, word);
    if (code && !passes) {
        word = attend_code(code, word, thread, true);
        passes = word && foreign_passes_entry(thread, code, word);
    }
    if (passes) {
        stand_in(frame, PROFILE_CALL);
        return;
    }
    if (!word || (py.minor == 11 &&
                  !running_enter(thread, object, CODE_KEY(code, word))))
        return;
    uint32_t kind = kind_of_entry(frame, code, word, thread);
    hook_enter_known(thread, code, word, kind, frame);
}

static void
end_slowly(PyFrameObject *object, PyObject *value)
{
    void *frame = frame_of_object(object);
    if (value && likely(try_end_step(frame)))
        return;
    struct thread *thread = attach_thread();
    PyObject *code = frame_code(frame);
    if (!thread || !code)
        return;
    thread->result = value;
    if (passes_exit(thread, frame, code))
        return;
    if (py.minor == 11)
        running_follow(thread, object);
    hook_exit_slowly(code, kind_of_exit(frame, code, code_word(code), value),
                     value);
    if (!value)
        doubt(thread, frame, code_word(code));
    if (py.minor == 11)
        running_left(thread, object);
}

static __attribute__((noinline)) int
profile_with_care(PyObject *object, PyFrameObject *frame, int what,
                  PyObject *argument)
{
    (void)object;
    switch (what) {
    case PROFILE_CALL: begin_slowly(frame); break;
    case PROFILE_RETURN: end_slowly(frame, argument); break;
    case PROFILE_C_CALL: hook_enter_c_slowly(argument); break;
    case PROFILE_C_RETURN: hook_exit_c_slowly(argument, SPOOL_EXIT); break;
    case PROFILE_C_EXCEPTION:
        hook_exit_c_slowly(argument, lookout_exit(argument));
        break;
    default: break;
    }
    return 0;
}

/* == WHAT IS LEFT OUT ===================================================== */

/* Called by code that is left out, which others than a rule's are with it. */
static bool
is_left_out_with_caller(PyObject *callable, PyObject *code)
{
    struct c_callable known = c_callable_of(callable);
    struct thread *thread = known.definition ? attach_thread() : NULL;
    if (!thread || !c_function_word(&known, thread) ||
        c_function_said(&known) != WANTED)
        return true;
    if (!(code_word(code) & CODE_LEADS))
        extra_set(code, code_word(code) | CODE_LEADS);
    return false;
}

static bool
is_left_out(PyFrameObject *object, int what, PyObject *argument)
{
    void *frame = frame_of_object(object);
    PyObject *code = frame_code(frame);
    uint64_t word = code ? code_word(code) : 0;
    bool hidden = (word & CODE_TAG_MASK) == CODE_HIDDEN;
    if (!hidden && !(word & CODE_FOREIGN))
        return false;
    if (what != PROFILE_CALL && what != PROFILE_RETURN)
        return is_left_out_with_caller(argument, code);
    if (!CODE_IS_LEFT_OUT(word))
        return false; /* it is watched, or a library's */
    stand_in(frame, what);
    return true;
}

/* == THE COMMON CASES ===================================================== */

/* What differs between versions, for the compiler to know. */
enum version {
    SINCE_36,
    SINCE_37,
    SINCE_311
};

static inline __attribute__((always_inline)) bool
try_enter(PyFrameObject *object, enum version version)
{
    const struct thread *thread = thread_current;
    if (version < SINCE_311)
        return hook_try_enter(python_word(object, frame_code_offset),
                              SPOOL_ENTER_PYTHON, version == SINCE_36);
    void *frame = frame_behind(object);
    return likely(thread != NULL) && likely(running_calls(thread, frame)) &&
           hook_try_enter_in(python_word(frame, frame_code_offset),
                             SPOOL_ENTER_PYTHON, false, RUNNING_FRAME(frame));
}

static inline __attribute__((always_inline)) bool
try_exit(PyFrameObject *object, enum version version)
{
    const struct thread *thread = thread_current;
    if (version < SINCE_311)
        return hook_try_exit(python_word(object, frame_code_offset),
                             SPOOL_EXIT);
    void *frame = frame_behind(object);
    return likely(thread != NULL) &&
           likely(running_is_innermost(thread, frame)) &&
           hook_try_exit(python_word(frame, frame_code_offset), SPOOL_EXIT);
}

static inline __attribute__((always_inline)) int
profile(PyFrameObject *frame, int what, PyObject *argument,
        enum version version)
{
    bool done;
    if (what == PROFILE_CALL)
        done = try_enter(frame, version);
    else if (what == PROFILE_RETURN)
        done = argument && try_exit(frame, version);
    else if (what == PROFILE_C_CALL)
        done = hook_try_enter_c_in(argument, version == SINCE_311);
    else
        done =
            what == PROFILE_C_RETURN && hook_try_exit_c(argument, SPOOL_EXIT);
    return likely(done) ? 0 : profile_with_care(NULL, frame, what, argument);
}

static int
profile_36(PyObject *object, PyFrameObject *frame, int what, PyObject *argument)
{
    (void)object;
    return profile(frame, what, argument, SINCE_36);
}

static int
profile_37(PyObject *object, PyFrameObject *frame, int what, PyObject *argument)
{
    (void)object;
    return profile(frame, what, argument, SINCE_37);
}

static int
profile_311(PyObject *object, PyFrameObject *frame, int what,
            PyObject *argument)
{
    (void)object;
    return profile(frame, what, argument, SINCE_311);
}

/* With rules. */
#define CHOSEN(name)                                                           \
    static int name##_chosen(PyObject *object, PyFrameObject *frame, int what, \
                             PyObject *argument)                               \
    {                                                                          \
        return is_left_out(frame, what, argument)                              \
                   ? 0                                                         \
                   : name(object, frame, what, argument);                      \
    }

CHOSEN(profile_36)
CHOSEN(profile_37)
CHOSEN(profile_311)
CHOSEN(profile_with_care)

Py_tracefunc profile_callback = profile_with_care;

void
profile_choose(void)
{
    bool rules = wanted_leaves_out();
    if (!frame_code_offset || !hook_knows_all())
        profile_callback = rules ? profile_with_care_chosen : profile_with_care;
    else if (py.minor < 7)
        profile_callback = rules ? profile_36_chosen : profile_36;
    else if (py.minor < 11)
        profile_callback = rules ? profile_37_chosen : profile_37;
    else
        profile_callback = rules ? profile_311_chosen : profile_311;
}

bool
profile_is_ours(const void *function)
{
    return function && (function == (void *)profile_callback ||
                        function == (void *)profile_its_callback ||
                        function == (void *)profile_aside_callback ||
                        function == (void *)profile_python_callback);
}

/* == WHERE MORE IS TO BE LOOKED AFTER ===================================== */

static void (*look_around)(void);

void
profile_look_by(void (*look)(void))
{
    look_around = look;
}

/* A thread is started by a C function. */
static void
look(int what)
{
    if (look_around && (what == PROFILE_C_RETURN || process_is_new()))
        look_around();
}

int
profile_aside_callback(PyObject *object, PyFrameObject *frame, int what,
                       PyObject *argument)
{
    look(what);
    if (what == PROFILE_C_CALL && thread_current)
        running_follow(thread_current, frame);
    return profile_callback(object, frame, what, argument);
}

int
profile_python_callback(PyObject *object, PyFrameObject *frame, int what,
                        PyObject *argument)
{
    look(what);
    if (what <= PROFILE_RETURN)
        profile_callback(object, frame, what, argument);
    return 0;
}

/* Frames that ran before the interpreter was hooked pass no evaluation of ours. */
int
profile_its_callback(PyObject *object, PyFrameObject *frame, int what,
                     PyObject *argument)
{
    uint32_t before = attach_to_interpreter(interpreter_current()->number);
    profile_callback(object, frame, what, argument);
    attach_to_interpreter(before);
    return 0;
}
