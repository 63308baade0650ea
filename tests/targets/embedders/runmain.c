/* An embedder that sets an interpreter up by itself, and then runs it as python
 * does: Py_Main, which up to 3.7 does both. */
#include <Python.h>

int
main(int count, char **words)
{
    wchar_t *wide[16] = {0};
    for (int i = 0; i < count && i < 15; i++)
        wide[i] = Py_DecodeLocale(words[i], NULL);
#if PY_VERSION_HEX >= 0x03080000
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    PyConfig_SetArgv(&config, count, wide);
    Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    return Py_RunMain();
#else
    return Py_Main(count, wide);
#endif
}
