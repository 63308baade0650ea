/* A host that loads a plugin and calls it.  PLUGIN FLAG: now, or deepbind. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

int
main(int count, char **words)
{
    int deep = count > 2 && strcmp(words[2], "deepbind") == 0;
    void *library = dlopen(words[1], RTLD_NOW | (deep ? RTLD_DEEPBIND : 0));
    int (*plugin)(void) = library ? dlsym(library, "plugin") : NULL;
    return plugin ? plugin() : (fprintf(stderr, "%s\n", dlerror()), 9);
}
