/* A program that starts and ends an interpreter three times. */
#include <Python.h>

int
main(void)
{
    for (int i = 0; i < 3; i++) {
        Py_Initialize();
        PyRun_SimpleString("def leaf(n):\n"
                           "    return n\n"
                           "print(sum(leaf(i) for i in range(1000)))\n");
        Py_Finalize();
    }
    return 0;
}
