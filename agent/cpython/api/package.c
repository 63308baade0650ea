/* SPDX-License-Identifier: Apache-2.0
 *
 * package.c: the files of share/python, one behind the other: a line with a
 * \001 and the path, then the file.  share/python/python.mk joins them, the
 * assembler reads the result.
 */
#include "agent/cpython/api/package.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "agent/cpython/abi/pyobject.h"
#include "build/package.h"

__asm__(".pushsection .rodata\n"
        ".hidden package_text\n"
        ".globl package_text\n"
        "package_text:\n"
        ".incbin \"" PACKAGE_PATH "\"\n"
        ".byte 1, 0\n"
        ".popsection\n");

extern const char package_text[] __attribute__((visibility("hidden")));

struct text
package_source(const char *path)
{
    size_t length = strlen(path);
    const char *at = package_text;
    while (at[0] == 1 && at[1]) {
        const char *source = strchr(at, '\n') + 1;
        const char *end = strchr(source, 1);
        if ((size_t)(source - at) == length + 2 &&
            memcmp(at + 1, path, length) == 0)
            return (struct text){source, (uint32_t)(end - source)};
        at = end;
    }
    return (struct text){NULL, 0};
}

PyObject *
package_function(const char *name, const char *function)
{
    char path[64];
    snprintf(path, sizeof path, "codesnap.%s", name);
    PyObject *holder = py.PyImport_ImportModule(path);
    PyObject *found =
        holder ? py.PyObject_GetAttrString(holder, function) : NULL;
    pyobject_release(holder);
    return found;
}
