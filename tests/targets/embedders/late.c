/* An interpreter that comes by dlopen, as in PyInstaller's bootloader.  LIBRARY
 * FLAG [TIMES]: local, global, deepbind or dlmopen; and how often it is loaded,
 * started, finalized and unloaded. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *
load(const char *path, const char *flag)
{
    if (strcmp(flag, "dlmopen") == 0)
        return dlmopen(LM_ID_NEWLM, path, RTLD_NOW);
    return dlopen(path, RTLD_NOW | (strcmp(flag, "global") == 0 ? RTLD_GLOBAL
                                    : strcmp(flag, "deepbind") == 0
                                        ? RTLD_LOCAL | RTLD_DEEPBIND
                                        : RTLD_LOCAL));
}

static int
live(const char *path, const char *flag)
{
    void *library = load(path, flag);
    if (!library)
        return fprintf(stderr, "%s\n", dlerror()), 1;
    void (*begin)(void) = dlsym(library, "Py_Initialize");
    int (*run)(const char *, void *) =
        dlsym(library, "PyRun_SimpleStringFlags");
    int (*end)(void) = dlsym(library, "Py_FinalizeEx");
    begin();
    int failed = run("def f(): return len('abc')\n"
                     "for i in range(3): print(f())",
                     NULL);
    failed |= end();
    return failed | dlclose(library);
}

int
main(int count, char **words)
{
    int failed = 0;
    for (int i = count > 3 ? atoi(words[3]) : 1; i > 0; i--)
        failed |= live(words[1], words[2]);
    return failed;
}
