/* SPDX-License-Identifier: Apache-2.0
 *
 * happenings.c: see happenings.h.
 */
#include "agent/cpython/names/happenings.h"

#include <stdbool.h>
#include <string.h>

#include "formats/base/pattern.h"

static const struct {
    enum happening kind;
    const char *module, *name;
} functions[] = {
#define HAPPENS(kind, module, name) {HAPPENING_##kind, module, name},
#include "agent/cpython/names/happenings.def"
#undef HAPPENS
};

static uint32_t wanted;

void
happenings_want(uint32_t kinds)
{
    wanted = kinds;
}

static bool
fits(const char *glob, struct text name)
{
    return pattern_fits_text((struct span_of_text){glob, strlen(glob)},
                             (struct span_of_text){name.bytes, name.length});
}

enum happening
happenings_for(const struct text names[3])
{
    for (size_t i = 0; wanted && i < sizeof functions / sizeof *functions; i++)
        if (wanted >> functions[i].kind & 1 &&
            fits(functions[i].name, names[1]) &&
            fits(functions[i].module, names[0]))
            return functions[i].kind;
    return HAPPENING_NONE;
}
