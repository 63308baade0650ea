/* SPDX-License-Identifier: Apache-2.0
 *
 * greenlet.c: told of each switch by the module's own trace function, which
 * every thread has for itself.  It is set when a thread switches for the first
 * time: for that, switch and throw are led through here, in the module's method
 * definitions and in the table that C code calls it by.  So are settrace and
 * gettrace: the program's own trace function is called behind ours, and ours is
 * not to be seen.
 */
#include "agent/cpython/follow/greenlet.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "agent/base/process.h"
#include "agent/cpython/abi/guard.h"
#include "agent/cpython/abi/interpreter.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/abi/slot.h"
#include "agent/cpython/abi/type.h"
#include "agent/cpython/follow/gap.h"
#include "agent/cpython/names/cfunction.h"
#include "agent/store/entry.h"
#include "agent/track/greenlettrack.h"

typedef PyObject *three(PyObject *, PyObject *, PyObject *);
typedef PyObject *two(PyObject *, PyObject *);
typedef PyObject *four(PyObject *, PyObject *, PyObject *, PyObject *);

/* What was there; NULL: not found, or not as known. */
static struct {
    uint32_t life; /* of the interpreter: 0 before the module was imported */
    PyTypeObject *type;
    PyObject *module;
    PyObject *arguments; /* of settrace: our function */
    three *switch_to;
    two *throw_at, *settrace, *gettrace;
    three *api_switch;
    four *api_throw;
    const struct getter_definition *dead, *dictionary;
    bool unknown; /* a version of the module that we cannot deal with */
} greenlets;

enum { /* calling conventions, and places in the table of the C API */
    VARARGS = 1,
    KEYWORDS = 2,
    NOARGS = 4,
    API_TYPE = 0,
    API_THROW = 5,
    API_SWITCH = 6
};

/* == NAMES ================================================================ */

/* What a greenlet runs, by name; no code of the host is asked. */
static struct text
name_of_callable(PyObject *callable, struct text_holder *holder)
{
    PyTypeObject *type = python_type(callable);
    if (type == py.PyMethod_Type) {
        callable = python_word(callable, py.header_bytes);
        type = python_type(callable);
    }
    if (type == py.PyFunction_Type)
        return pyobject_attribute_text(callable, "__qualname__", holder);
    *holder = HELD_BY_NOTHING;
    if (type == py.PyCFunction_Type) {
        const struct method_definition *definition =
            python_word(callable, py.header_bytes);
        return (struct text){definition->name,
                             (uint32_t)strlen(definition->name)};
    }
    PyObject *name = type_qualified_name(type);
    struct text text = pyobject_text(name, holder);
    pyobject_release(name);
    return text;
}

/* What a getter of the class greenlet answers, whatever a subclass has. */
static PyObject *
ask(const struct getter_definition *getter, PyObject *greenlet)
{
    PyObject *answer = getter ? getter->get(greenlet, getter->closure) : NULL;
    if (!answer)
        py.PyErr_Clear();
    return answer;
}

/* gevent keeps the function in _run, and the name that the program set in name;
 * both lie in the object's dictionary.  run is there until the greenlet starts. */
static struct track *
make_track(struct thread *thread, PyObject *greenlet)
{
    struct text_holder holders[2] = {HELD_BY_NOTHING, HELD_BY_NOTHING};
    PyObject *run = NULL, *name = NULL;
    struct text texts[2] = {{"", 0}, {"?", 1}};
    PyObject *dictionary = python_type(greenlet) != greenlets.type
                               ? ask(greenlets.dictionary, greenlet)
                               : NULL;
    if (dictionary) {
        name = pyobject_item(dictionary, "name");
        run = pyobject_item(dictionary, "_run");
    }
    if (name)
        texts[0] = pyobject_text(name, &holders[0]);
    if (run)
        py.Py_IncRef(run);
    else
        run = type_read(greenlet, "run");
    if (!run) {
        run = (PyObject *)greenlet;
        py.Py_IncRef(run);
    }
    texts[1] = name_of_callable(run, &holders[1]);
    struct track *track =
        greenlettrack_make(thread, greenlet, texts[0], texts[1]);
    pyobject_release(run);
    pyobject_release(dictionary);
    pyobject_release_text(&holders[0]);
    pyobject_release_text(&holders[1]);
    return track;
}

/* == SWITCHES ============================================================= */

static bool
is_dead(PyObject *greenlet)
{
    PyObject *answer = ask(greenlets.dead, greenlet);
    bool dead = answer && py.PyObject_IsTrue(answer) > 0;
    pyobject_release(answer);
    return dead;
}

static void
follow(struct thread *thread, PyObject *origin, PyObject *target)
{
    struct guard guard;
    guard_enter(&guard, NULL);
    struct track *track = greenlettrack_find(thread, target);
    if (!track)
        track = make_track(thread, target);
    if (track) {
        track_switch(thread, track);
        gap_catch_up(thread);
        track = is_dead(origin) ? greenlettrack_find(thread, origin) : NULL;
    }
    if (track)
        greenlettrack_end(thread, track);
    guard_leave(&guard, NULL);
}

/* An exception in the program's own function takes it out, and is raised where
 * the switch goes; then greenlet takes ours out, too. */
static PyObject *
call_host(struct thread *thread, PyObject *arguments)
{
    PyObject *own = thread ? thread->greenlet_trace : NULL;
    if (!own) {
        py.Py_IncRef(py._Py_NoneStruct);
        return py._Py_NoneStruct;
    }
    py.Py_IncRef(own);
    PyObject *result = py.PyObject_Call(own, arguments, NULL);
    if (!result && thread->greenlet_trace == own) {
        thread->greenlet_trace = NULL;
        thread->greenlet_life = 0;
        py.Py_DecRef(own);
    }
    py.Py_DecRef(own);
    return result;
}

/* The trace function: (event, (origin, target)), on the target's side. */
static PyObject *
on_switch(PyObject *self, PyObject *arguments)
{
    struct thread *thread = thread_own;
    (void)self;
    PyObject *pair = py.PyTuple_GetItem(arguments, 1);
    PyObject *origin = pair ? py.PyTuple_GetItem(pair, 0) : NULL;
    PyObject *target = pair ? py.PyTuple_GetItem(pair, 1) : NULL;
    if (thread && origin && target && !process_is_broken())
        follow(thread, origin, target);
    else if (!target)
        py.PyErr_Clear();
    return call_host(thread, arguments);
}

/* This thread may switch from now on.  The greenlet that runs is its own, as
 * long as it has not switched unseen before. */
static void
arm(struct thread *thread)
{
    struct guard guard;
    guard_enter(&guard, thread);
    thread->greenlet_life = greenlets.life;
    PyObject *old = greenlets.settrace(greenlets.module, greenlets.arguments);
    if (old && old != py._Py_NoneStruct)
        thread->greenlet_trace = old;
    else
        pyobject_release(old);
    PyObject *get = type_read(greenlets.module, "getcurrent");
    PyObject *running = get ? py.PyObject_CallFunction(get, NULL) : NULL;
    if (running)
        greenlettrack_claim(thread, running);
    pyobject_release(running);
    pyobject_release(get);
    guard_leave(&guard, thread);
}

/* true if a track was made for it. */
static bool
expect(PyObject *greenlet)
{
    struct thread *thread = thread_own;
    if (!thread || !greenlets.life || process_is_broken() ||
        interpreter_current()->number != 0)
        return false;
    if (thread->greenlet_life != greenlets.life)
        arm(thread);
    if (greenlettrack_find(thread, greenlet))
        return false;
    struct guard guard;
    guard_enter(&guard, NULL);
    bool made = make_track(thread, greenlet) != NULL;
    guard_leave(&guard, NULL);
    return made;
}

/* One greenlet's turn ends, and comes again when the call of greenlet's function
 * returns. */
struct turn {
    bool made; /* a track, for whose turn it is */
    bool told; /* up to 3.11: the profile function was not switched off, */
    void *function;
};

static struct turn
begin_turn(PyObject *greenlet)
{
    struct turn turn = {.made = expect(greenlet)};
    if (py.minor < 12 && slot_offset) {
        const void *state = py._PyThreadState_UncheckedGet();
        turn.function = slot_of(state);
        turn.told = slot_is_on(state);
    }
    return turn;
}

/* The greenlets between left it as theirs needed it. */
static void
tell_as_before(const struct turn *turn)
{
    const void *state = py._PyThreadState_UncheckedGet();
    if (slot_of(state) == turn->function && !slot_is_traced(state) &&
        slot_is_on(state) != turn->told)
        slot_switch(state, turn->told);
}

/* It may have come to nothing: the greenlet was dead, or another thread's. */
static PyObject *
end_turn(struct turn turn, PyObject *greenlet, PyObject *result)
{
    struct thread *thread = thread_own;
    struct track *track =
        turn.made && thread ? greenlettrack_find(thread, greenlet) : NULL;
    if (track && !track_was_entered(thread, track))
        greenlettrack_end(thread, track);
    if (turn.function)
        tell_as_before(&turn);
    return result;
}

/* == IN THE PLACE OF THE MODULE'S ========================================= */

static PyObject *
switch_to(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    struct turn turn = begin_turn(self);
    return end_turn(turn, self, greenlets.switch_to(self, arguments, keywords));
}

static PyObject *
throw_at(PyObject *self, PyObject *arguments)
{
    struct turn turn = begin_turn(self);
    return end_turn(turn, self, greenlets.throw_at(self, arguments));
}

static PyObject *
api_switch(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    struct turn turn = begin_turn(self);
    return end_turn(turn, self,
                    greenlets.api_switch(self, arguments, keywords));
}

static PyObject *
api_throw(PyObject *self, PyObject *type, PyObject *value, PyObject *traceback)
{
    struct turn turn = begin_turn(self);
    return end_turn(turn, self,
                    greenlets.api_throw(self, type, value, traceback));
}

static PyObject *
new_reference(PyObject *object)
{
    object = object ? object : py._Py_NoneStruct;
    py.Py_IncRef(object);
    return object;
}

/* A thread that has never switched has not our trace function, and needs none to
 * have one of the program's; arm takes it over. */
static bool
is_ours(const struct thread *thread)
{
    return thread && greenlets.life && thread->greenlet_life == greenlets.life;
}

static PyObject *
settrace(PyObject *module, PyObject *arguments)
{
    struct thread *thread = thread_own;
    if (!is_ours(thread) || py.PyTuple_Size(arguments) != 1)
        return greenlets.settrace(module, arguments);
    PyObject *old = thread->greenlet_trace;
    PyObject *new = py.PyTuple_GetItem(arguments, 0);
    thread->greenlet_trace =
        new == py._Py_NoneStruct ? NULL : new_reference(new);
    return old ? old : new_reference(NULL);
}

static PyObject *
gettrace(PyObject *module, PyObject *unused)
{
    struct thread *thread = thread_own;
    if (!is_ours(thread))
        return greenlets.gettrace(module, unused);
    return new_reference(thread->greenlet_trace);
}

/* == FINDING THEM ========================================================= */

/* Put ours in the place of a function, whose own address is kept. */
static int
lead(void **place, void *ours, void *kept)
{
    size_t page = spool_page_bytes();
    char *begin = (char *)((uintptr_t)place & ~(uintptr_t)(page - 1));
    if (*place == ours)
        return 0;
    if (mprotect(begin, page, PROT_READ | PROT_WRITE) != 0)
        return -1;
    memcpy(kept, place, sizeof *place);
    __atomic_store_n(place, ours, __ATOMIC_RELEASE);
    return 0;
}

static struct method_definition *
definition_of(PyObject *owner, const char *name, int flags)
{
    PyObject *function = type_read(owner, name);
    if (!function)
        return NULL;
    struct c_callable known = c_callable_of(function);
    py.Py_DecRef(function); /* the module keeps it */
    if (!known.definition || known.definition->flags != flags)
        return NULL;
    return (struct method_definition *)(uintptr_t)known.definition;
}

static void
lead_api(PyObject *module)
{
    PyObject *capsule = type_read(module, "_C_API");
    void **api =
        capsule ? py.PyCapsule_GetPointer(capsule, "greenlet._C_API") : NULL;
    if (!api || api[API_TYPE] != (void *)greenlets.type) {
        py.PyErr_Clear();
    } else {
        lead(&api[API_SWITCH], (void *)api_switch, &greenlets.api_switch);
        lead(&api[API_THROW], (void *)api_throw, &greenlets.api_throw);
    }
    pyobject_release(capsule);
}

/* All four, or nothing is touched. */
static int
lead_methods(PyObject *module)
{
    PyObject *type = (PyObject *)greenlets.type;
    struct method_definition *definitions[] = {
        definition_of(type, "switch", VARARGS | KEYWORDS),
        definition_of(type, "throw", VARARGS),
        definition_of(module, "settrace", VARARGS),
        definition_of(module, "gettrace", NOARGS),
    };
    for (int i = 0; i < 4; i++)
        if (!definitions[i])
            return -1;
    if (lead(&definitions[2]->function, (void *)settrace, &greenlets.settrace) <
            0 ||
        lead(&definitions[3]->function, (void *)gettrace, &greenlets.gettrace) <
            0)
        return -1;
    if (lead(&definitions[0]->function, (void *)switch_to,
             &greenlets.switch_to) < 0)
        return -1;
    return lead(&definitions[1]->function, (void *)throw_at,
                &greenlets.throw_at);
}

static int
make_arguments(void)
{
    static struct method_definition ours = {"codesnap", (void *)on_switch,
                                            VARARGS, NULL};
    PyObject *function = py.PyCFunction_NewEx((PyMethodDef *)&ours, NULL, NULL);
    greenlets.arguments = function ? py.Py_BuildValue("(O)", function) : NULL;
    pyobject_release(function);
    return greenlets.arguments ? 0 : -1;
}

static void
find(PyObject *module)
{
    static uint32_t lives;
    PyObject *type = type_read(module, "greenlet");
    if (!type || python_type(type) != py.PyType_Type) {
        pyobject_release(type);
        return;
    }
    greenlets.type = (PyTypeObject *)type; /* for ever */
    greenlets.module = module;
    py.Py_IncRef(module);
    greenlets.dead = type_getter(greenlets.type, "dead");
    greenlets.dictionary = type_getter(greenlets.type, "__dict__");
    if (make_arguments() < 0 || lead_methods(module) < 0) {
        greenlets.unknown = true;
        entry_append_lasting_note("greenlets were not told apart: an unknown "
                                  "version of the module greenlet");
        return;
    }
    greenlets.life = ++lives;
    lead_api(module);
}

void
greenlet_look(void)
{
    struct guard guard;
    if (greenlets.life || greenlets.unknown ||
        interpreter_current()->number != 0)
        return;
    guard_enter(&guard, NULL);
    PyObject *module = pyobject_item(py.PyImport_GetModuleDict(), "greenlet");
    if (module && python_type(module) == py.PyModule_Type) {
        PyObject *ready = type_read(module, "settrace");
        if (ready)
            find(module);
        pyobject_release(ready);
    }
    guard_leave(&guard, NULL);
}

void
greenlet_forget(void)
{
    greenlets.life = 0;
}
