/* A program that makes interpreters of its own, before and after the first code
 * is run: one with a lock of its own, where there is such a thing. */
#include <Python.h>

static const char code[] = "def leaf(n):\n"
                           "    return n\n"
                           "print(sum(leaf(i) for i in range(1000)))\n";

static void
run_in_new(int own_lock)
{
    PyThreadState *main = PyThreadState_Get(), *made = NULL;
#if PY_VERSION_HEX >= 0x030C0000
    if (own_lock) {
        PyInterpreterConfig config = {
            .check_multi_interp_extensions = 1,
            .gil = PyInterpreterConfig_OWN_GIL,
        };
        Py_NewInterpreterFromConfig(&made, &config);
    }
#endif
    if (!made)
        made = Py_NewInterpreter();
    PyRun_SimpleString(code);
    Py_EndInterpreter(made);
    PyThreadState_Swap(main);
}

int
main(void)
{
    for (int i = 0; i < 2; i++) {
        Py_Initialize();
        run_in_new(0);
        PyRun_SimpleString(code);
        run_in_new(1);
        PyRun_SimpleString(code);
        Py_Finalize();
    }
    return 0;
}
