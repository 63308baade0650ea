/* SPDX-License-Identifier: Apache-2.0
 *
 * null.c: the floor D.  The hooks that a tracer needs, with callbacks that
 * return at once: what CPython itself charges any tool.  worker.py loads this
 * by ctypes, with the GIL held.  One library for all versions, as the agent is:
 * no header of CPython, and weak references to what some versions lack.  It
 * shares no code with the agent, so that both can be wrong only separately.
 */
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define WEAK   __attribute__((weak))
#define PUBLIC __attribute__((visibility("default")))

typedef struct object PyObject;
typedef int profile_function(PyObject *, void *frame, int what, PyObject *);
typedef PyObject *evaluate_36(void *frame, int throwing);
typedef PyObject *evaluate_39(void *state, void *frame, int throwing);
typedef PyObject *vectorcall(PyObject *self, PyObject *const *arguments,
                             size_t count, PyObject *keywords);

/* Structures of the stable ABI. */
struct slot {
    int number;
    void *value;
};
struct spec {
    const char *name;
    int basic_bytes, item_bytes;
    unsigned flags;
    struct slot *slots;
};
struct member {
    const char *name;
    int type;
    ssize_t offset;
    int flags;
    const char *doc;
};

extern PyObject _Py_NoneStruct WEAK;
extern void PyEval_SetProfile(profile_function *, PyObject *) WEAK;
extern void *PyInterpreterState_Head(void) WEAK;
extern void *PyInterpreterState_Get(void) WEAK;
extern void _PyEval_EvalFrameDefault(void) WEAK;
extern void *_PyInterpreterState_GetEvalFrameFunc(void *) WEAK;
extern void _PyInterpreterState_SetEvalFrameFunc(void *, void *) WEAK;
extern PyObject *PyType_FromSpec(struct spec *) WEAK;
extern PyObject *PyType_GenericAlloc(PyObject *, ssize_t) WEAK;
extern PyObject *PyVectorcall_Call(PyObject *, PyObject *, PyObject *) WEAK;

PUBLIC int null_profile(void);
PUBLIC int null_evaluate(int minor);
PUBLIC PyObject *null_callback(ssize_t header_bytes);

/* == UP TO 3.11 =========================================================== */

static int
ignore_event(PyObject *self, void *frame, int what, PyObject *argument)
{
    (void)self, (void)frame, (void)what, (void)argument;
    return 0;
}

/* The profile function, in this thread. */
int
null_profile(void)
{
    if (!PyEval_SetProfile)
        return -1;
    PyEval_SetProfile(ignore_event, NULL);
    return 0;
}

static void *next_evaluate;

static PyObject *
pass_on_36(void *frame, int throwing)
{
    return ((evaluate_36 *)next_evaluate)(frame, throwing);
}

static PyObject *
pass_on_39(void *state, void *frame, int throwing)
{
    return ((evaluate_39 *)next_evaluate)(state, frame, throwing);
}

/* Up to 3.8 the slot is the word of the interpreter that holds the default. */
static int
evaluate_by_slot(void)
{
    void **words = PyInterpreterState_Head();
    for (size_t i = 0; i < 512; i++) {
        if (words[i] == (void *)_PyEval_EvalFrameDefault) {
            next_evaluate = words[i];
            words[i] = (void *)pass_on_36;
            return 0;
        }
    }
    return -1;
}

/* Frame evaluation (PEP 523), in all threads. */
int
null_evaluate(int minor)
{
    if (minor < 9)
        return evaluate_by_slot();
    if (!_PyInterpreterState_SetEvalFrameFunc)
        return -1;
    void *interpreter = PyInterpreterState_Get();
    next_evaluate = _PyInterpreterState_GetEvalFrameFunc(interpreter);
    _PyInterpreterState_SetEvalFrameFunc(interpreter, (void *)pass_on_39);
    return 0;
}

/* == FROM 3.12 ============================================================ */

static PyObject *
return_none(PyObject *self, PyObject *const *arguments, size_t count,
            PyObject *keywords)
{
    (void)self, (void)arguments, (void)count, (void)keywords;
    return &_Py_NoneStruct; /* immortal since 3.12 */
}

enum {
    SLOT_TP_CALL = 50,
    SLOT_TP_MEMBERS = 72,
    MEMBER_PYSSIZET = 19,
    MEMBER_READONLY = 1,
    FLAG_HAVE_VECTORCALL = 1 << 11
};

/* A new object to give to sys.monitoring.register_callback; header_bytes is
 * object.__basicsize__.  NULL with an exception set. */
PyObject *
null_callback(ssize_t header_bytes)
{
    static struct member members[2];
    members[0] = (struct member){"__vectorcalloffset__", MEMBER_PYSSIZET,
                                 header_bytes, MEMBER_READONLY, NULL};
    struct slot slots[] = {{SLOT_TP_CALL, (void *)PyVectorcall_Call},
                           {SLOT_TP_MEMBERS, members},
                           {0, NULL}};
    struct spec spec = {"bench.null",
                        (int)(header_bytes + (ssize_t)sizeof(vectorcall *)), 0,
                        FLAG_HAVE_VECTORCALL, slots};
    PyObject *type = PyType_FromSpec(&spec);
    PyObject *callback = type ? PyType_GenericAlloc(type, 0) : NULL;
    if (callback)
        *(vectorcall **)((char *)callback + header_bytes) = return_none;
    return callback;
}
