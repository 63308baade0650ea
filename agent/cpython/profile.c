/* SPDX-License-Identifier: Apache-2.0
 *
 * profile.c: the profile function of Python up to 3.11.  It is told frames, not
 * code objects, and does not tell a generator's steps from calls: both are
 * learned from the frame.
 */
#include "agent/cpython/frame.h"
#include "agent/cpython/hook.h"

/* == THE FRAME'S CODE ===================================================== */

/* Where a frame has its code object: a word in it or, in 3.11, a word in the
 * interpreter frame that a word in it points to.  Found at the first frame. */
static struct {
    size_t code;
    size_t inner; /* 0 where there is only one step */
} place;

static bool
find_code(const void *from, size_t first, size_t words, const void *code,
          size_t *at)
{
    for (size_t i = first; i < words; i++) {
        if (python_word(from, i * sizeof(void *)) == code) {
            *at = i * sizeof(void *);
            return true;
        }
    }
    return false;
}

static bool
find_place(PyFrameObject *frame, const void *code)
{
    size_t header = py.header_bytes / sizeof(void *);
    if (py.minor < 11)
        return find_code(frame, header, header + 6, code, &place.code);
    size_t inner = py.header_bytes + sizeof(void *); /* behind f_back */
    const void *interpreter_frame = python_word(frame, inner);
    if (!find_code(interpreter_frame, 0, 8, code, &place.code))
        return false;
    place.inner = inner;
    return true;
}

static PyObject *
ask_code(PyFrameObject *frame)
{
    PyObject *code = py.PyObject_GetAttrString((PyObject *)frame, "f_code");
    if (!code) {
        py.PyErr_Clear();
        return NULL;
    }
    py.Py_DecRef(code); /* the frame keeps it */
    return code;
}

PyObject *
profile_code_of_frame(PyFrameObject *frame)
{
    const void *from = frame;
    if (unlikely(!place.code)) {
        PyObject *code = ask_code(frame);
        if (!code || !find_place(frame, code))
            return code;
    }
    if (place.inner)
        from = python_word(frame, place.inner);
    return python_word(from, place.code);
}

/* == GENERATORS =========================================================== */

static int
lasti_of(PyFrameObject *frame)
{
    if (py.PyFrame_GetLasti)
        return py.PyFrame_GetLasti(frame);
    return frame_lasti(frame, NULL);
}

static enum spool_kind
kind_of_entry(PyFrameObject *frame, uint64_t word, struct thread *thread)
{
    bool thrown = thread->throwing;
    thread->throwing = false;
    if (!(word & CODE_GENERATOR) || !code_has_begun(word, lasti_of(frame)))
        return SPOOL_ENTER_PYTHON;
    return thrown ? SPOOL_THROW : SPOOL_RESUME;
}

static enum spool_kind
kind_of_exit(PyFrameObject *frame, uint64_t word, PyObject *value)
{
    if (!value)
        return SPOOL_EXIT_EXCEPTION;
    if (word & CODE_GENERATOR && code_has_yielded(word, lasti_of(frame)))
        return SPOOL_YIELD;
    return SPOOL_EXIT;
}

/* == EVENTS =============================================================== */

static void
begin_call(PyFrameObject *frame)
{
    struct thread *thread = hook_thread();
    PyObject *code = profile_code_of_frame(frame);
    if (unlikely(!thread || !code))
        return;
    uint64_t word = code_word(code);
    enum spool_kind kind = SPOOL_ENTER_PYTHON;
    if (unlikely(!CODE_PLAIN(word))) {
        word = hook_attend(code, word, thread);
        if (!word)
            return;
        kind = kind_of_entry(frame, word, thread);
    }
    record_enter(thread, CODE_KEY(code, word),
                 (uint32_t)word + (uint32_t)kind - SPOOL_ENTER_PYTHON);
}

static void
end_call(PyFrameObject *frame, PyObject *value)
{
    PyObject *code = profile_code_of_frame(frame);
    struct thread *thread = hook_thread();
    if (unlikely(!thread || !code))
        return;
    enum spool_kind kind = value ? SPOOL_EXIT : SPOOL_EXIT_EXCEPTION;
    uint64_t ticks = clock_ticks(spool_clock_kind);
    if (likely(record_exit(thread, code, kind, ticks)))
        return;
    kind = kind_of_exit(frame, code_word(code), value);
    hook_exit_slowly(code, kind, thread, ticks);
}

int
profile_callback(PyObject *object, PyFrameObject *frame, int what,
                 PyObject *argument)
{
    (void)object;
    switch (what) {
    case PROFILE_CALL: begin_call(frame); break;
    case PROFILE_RETURN: end_call(frame, argument); break;
    case PROFILE_C_CALL: hook_enter_c(argument); break;
    case PROFILE_C_RETURN: hook_exit_c(argument, SPOOL_EXIT); break;
    case PROFILE_C_EXCEPTION:
        hook_exit_c(argument, SPOOL_EXIT_EXCEPTION);
        break;
    default: break;
    }
    return 0;
}

int
profile_python_callback(PyObject *object, PyFrameObject *frame, int what,
                        PyObject *argument)
{
    if (what <= PROFILE_RETURN)
        profile_callback(object, frame, what, argument);
    return 0;
}
