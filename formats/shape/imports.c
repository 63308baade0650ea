/* SPDX-License-Identifier: Apache-2.0
 *
 * imports.c: see imports.h.
 */
#include "formats/shape/imports.h"

#include <string.h>

#include "formats/base/text.h"

bool
imports_is_module(const struct function *function)
{
    return function->kind == FUNCTION_PYTHON &&
           text_starts_with(function->name, "import ");
}

static bool
is_place_of_it(const char *file)
{
    return text_starts_with(file, "<frozen importlib") ||
           text_starts_with(file, "<frozen zipimport") ||
           text_ends_with(file, "/importlib/_bootstrap.py") ||
           text_ends_with(file, "/importlib/_bootstrap_external.py") ||
           text_ends_with(file, "/importlib/__init__.py");
}

bool
imports_is_machinery(const struct function *function)
{
    if (function->kind == FUNCTION_C)
        return strcmp(function->name, "builtins.__import__") == 0 ||
               text_starts_with(function->name, "_imp.");
    return function->kind == FUNCTION_PYTHON &&
           is_place_of_it(function->file) && !imports_is_module(function);
}
