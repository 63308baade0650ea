/* SPDX-License-Identifier: Apache-2.0
 *
 * role.c: see role.h.
 */
#include "formats/slow/role.h"

#include <string.h>

#include "formats/shape/imports.h"

struct row {
    enum role role;
    const char *module, *name;
};

static const struct row rows[] = {
#define ROLE(role, module, name) {ROLE_##role, module, name},
#include "formats/slow/role.def"
#undef ROLE
};

static bool
fits(const char *pattern, const char *name)
{
    size_t length = strlen(pattern);
    if (length > 0 && pattern[length - 1] == '*')
        return strncmp(pattern, name, length - 1) == 0;
    return strcmp(pattern, name) == 0;
}

enum role
role_of(const struct function *function, bool own)
{
    const char *name = function->qualified_name;
    if (own)
        return strcmp(name, "<module>") == 0 ? ROLE_MODULE : ROLE_NONE;
    if (imports_is_machinery(function))
        return ROLE_IMPORT;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].module, function->module) == 0 &&
            fits(rows[i].name, name))
            return rows[i].role;
    return ROLE_NONE;
}
