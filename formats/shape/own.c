/* SPDX-License-Identifier: Apache-2.0
 *
 * own.c: see own.h.
 */
#include "formats/shape/own.h"

#include <string.h>

#include "formats/base/ownfile.h"

bool
own_is(const struct function *function)
{
    if (function->kind == FUNCTION_SPAN)
        return true;
    if (function->kind != FUNCTION_PYTHON)
        return false;
    if (function->owner != OWNER_UNKNOWN)
        return function->owner == OWNER_USER;
    return ownfile_is(function->file, strlen(function->file),
                      strcmp(function->module, "__main__") == 0);
}
