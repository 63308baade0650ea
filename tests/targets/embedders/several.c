/* Interpreters of several libraries, one after the other: LIBRARY HOME... */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

int
main(int count, char **words)
{
    int failed = 0;
    for (int i = 1; i + 1 < count; i += 2) {
        void *library = dlopen(words[i], RTLD_NOW | RTLD_LOCAL);
        if (!library)
            return fprintf(stderr, "%s\n", dlerror()), 9;
        void (*begin)(void) = dlsym(library, "Py_Initialize");
        int (*run)(const char *, void *) =
            dlsym(library, "PyRun_SimpleStringFlags");
        int (*end)(void) = dlsym(library, "Py_FinalizeEx");
        setenv("PYTHONHOME", words[i + 1], 1);
        begin();
        failed |= run("def f(): return len('abc')\nprint(f())", NULL);
        failed |= end();
    }
    return failed;
}
