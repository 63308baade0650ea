/* A plugin that is linked with an interpreter, as mod_wsgi.so is: it makes an
 * interpreter for an application, and calls that on a thread of its host's. */
#include <Python.h>
#include <pthread.h>

static PyInterpreterState *application;

static void *
serve(void *unused)
{
    PyThreadState *state = PyThreadState_New(application);
    PyEval_AcquireThread(state);
    PyObject *module = PyImport_ImportModule("leaf_work");
    for (int i = 0; module && i < 3; i++)
        Py_XDECREF(PyObject_CallMethod(module, "request", "i", i));
    if (PyErr_Occurred())
        PyErr_Print();
    Py_XDECREF(module);
    PyThreadState_Clear(state);
    PyThreadState_DeleteCurrent();
    return unused;
}

int
plugin(void)
{
    pthread_t thread;
    Py_Initialize();
#if PY_VERSION_HEX < 0x03070000
    PyEval_InitThreads();
#endif
    PyThreadState *first = PyThreadState_Get();
    PyThreadState *own = Py_NewInterpreter();
    application = own->interp;
    PyEval_SaveThread();
    pthread_create(&thread, NULL, serve, NULL);
    pthread_join(thread, NULL);
    PyEval_AcquireThread(own);
    Py_EndInterpreter(own);
    PyThreadState_Swap(first);
    return Py_FinalizeEx();
}
