/* An embedder that never runs code as __main__, as uWSGI does.  With "nosite" it
 * has no site; with "idle" it runs nothing at all. */
#include <Python.h>
#include <string.h>

int
main(int count, char **words)
{
    const char *how = count > 1 ? words[1] : "";
    Py_NoSiteFlag = strcmp(how, "nosite") == 0;
    Py_Initialize();
    PyObject *module =
        strcmp(how, "idle") ? PyImport_ImportModule("leaf_work") : NULL;
    for (int i = 0; module && i < 3; i++)
        Py_XDECREF(PyObject_CallMethod(module, "request", "i", i));
    if (PyErr_Occurred())
        PyErr_Print();
    Py_XDECREF(module);
    return Py_FinalizeEx();
}
