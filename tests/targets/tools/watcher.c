/* SPDX-License-Identifier: Apache-2.0
 *
 * watcher.c: an extension that sets a profile function of its own from C, as
 * yappi and pyinstrument do, without sys.setprofile.
 */
#include <Python.h>

static PyObject *told;

static int
watch(PyObject *self, PyFrameObject *frame, int what, PyObject *argument)
{
    int of_c = what == PyTrace_C_CALL || what == PyTrace_C_RETURN ||
               what == PyTrace_C_EXCEPTION;
    PyObject *code = PyObject_GetAttrString((PyObject *)frame, "f_code");
    PyObject *row = Py_BuildValue(
        "iNN", what, PyObject_GetAttrString(code, "co_name"),
        of_c ? PyObject_GetAttrString(argument, "__name__")
             : Py_BuildValue(""));
    int result = row ? PyList_Append(told, row) : -1;
    Py_DECREF(code);
    Py_XDECREF(row);
    return result;
}

static PyObject *
start(PyObject *self, PyObject *unused)
{
    PyEval_SetProfile(watch, NULL);
    Py_RETURN_NONE;
}

static PyObject *
stop(PyObject *self, PyObject *unused)
{
    PyEval_SetProfile(NULL, NULL);
    Py_RETURN_NONE;
}

static PyObject *
start_all(PyObject *self, PyObject *unused)
{
#if PY_VERSION_HEX >= 0x030c0000
    PyEval_SetProfileAllThreads(watch, NULL);
    Py_RETURN_NONE;
#else
    return start(self, unused);
#endif
}

static PyObject *
stop_all(PyObject *self, PyObject *unused)
{
#if PY_VERSION_HEX >= 0x030c0000
    PyEval_SetProfileAllThreads(NULL, NULL);
    Py_RETURN_NONE;
#else
    return stop(self, unused);
#endif
}

/* What it was told since it was asked last. */
static PyObject *
take(PyObject *self, PyObject *unused)
{
    PyObject *taken = told;
    told = PyList_New(0);
    return taken;
}

static PyMethodDef functions[] = {
    {"start", start, METH_NOARGS, NULL},
    {"stop", stop, METH_NOARGS, NULL},
    {"start_all", start_all, METH_NOARGS, NULL},
    {"stop_all", stop_all, METH_NOARGS, NULL},
    {"take", take, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef module = {PyModuleDef_HEAD_INIT, "watcher", NULL, -1,
                             functions};

PyMODINIT_FUNC
PyInit_watcher(void)
{
    told = PyList_New(0);
    return PyModule_Create(&module);
}
