/* SPDX-License-Identifier: Apache-2.0
 *
 * own.c: see own.h.
 */
#include "formats/shape/own.h"

#include <string.h>

static bool
is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* Behind "python": "3.11", "3.13t", "3" (Debian's lib/python3/dist-packages),
 * then the folder's end. */
static bool
is_version(const char *text)
{
    if (*text != '3')
        return false;
    for (text++; is_digit(*text) || *text == '.' || *text == 't'; text++) {}
    return *text == '/';
}

/* In lib/python3.N or lib64/python3.N, wherever Python lies. */
static bool
is_in_library(const char *file)
{
    static const char name[] = "/python";
    for (const char *at = file; (at = strstr(at, name)) != NULL; at++) {
        bool lib = at - file >= 3 && memcmp(at - 3, "lib", 3) == 0;
        bool lib64 = at - file >= 5 && memcmp(at - 5, "lib64", 5) == 0;
        if ((lib || lib64) && is_version(at + sizeof name - 1))
            return true;
    }
    return false;
}

/* In python311.zip, which holds a standard library. */
static bool
is_in_archive(const char *file)
{
    static const char name[] = "/python3";
    for (const char *at = file; (at = strstr(at, name)) != NULL; at++) {
        const char *behind = at + sizeof name - 1;
        while (is_digit(*behind))
            behind++;
        if (strncmp(behind, ".zip/", 5) == 0)
            return true;
    }
    return false;
}

/* Names that are not files: of frozen modules, of what the tracer carries, and of
 * code that libraries write. */
static bool
is_made(const char *file)
{
    static const char *const starts[] = {"<frozen ", "<codesnap", "<attrs ",
                                         "<decorator-gen",
                                         "<__array_function__"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (strncmp(file, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

bool
own_is(const struct function *function)
{
    const char *file = function->file;
    if (function->kind == FUNCTION_SPAN)
        return true;
    if (function->kind != FUNCTION_PYTHON || *file == '\0')
        return false;
    return !is_made(file) && strstr(file, "/site-packages/") == NULL &&
           strstr(file, "/dist-packages/") == NULL && !is_in_library(file) &&
           !is_in_archive(file);
}
