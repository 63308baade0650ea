/* SPDX-License-Identifier: Apache-2.0
 *
 * glob.c: see glob.h.
 */
#include "formats/shape/glob.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/text.h"

/* A file by its path or its name, with or without ":LINE" behind it.  Names have
 * a dot: `fib*` is meant for functions, not for fib.py. */
static bool
fits_place(const char *glob, const struct function *function)
{
    char *place = NULL;
    const char *file = function->file;
    const char *name = text_base(file);
    if (*file == '\0')
        return false;
    if (fnmatch(glob, file, 0) == 0)
        return true;
    if (strchr(glob, '.') == NULL)
        return false;
    if (fnmatch(glob, name, 0) == 0)
        return true;
    if (asprintf(&place, "%s:%u", file, function->line) < 0)
        return false;
    bool fits = fnmatch(glob, place, 0) == 0 ||
                fnmatch(glob, place + (name - file), 0) == 0;
    free(place);
    return fits;
}

bool
glob_fits(const char *glob, const struct function *function)
{
    char *path = NULL;
    if (fnmatch(glob, function->name, 0) == 0 ||
        fnmatch(glob, function->qualified_name, 0) == 0 ||
        fits_place(glob, function))
        return true;
    if (asprintf(&path, "%s:%s", function->module, function->qualified_name) <
        0)
        return false;
    bool fits = fnmatch(glob, path, 0) == 0;
    free(path);
    return fits;
}
