/* SPDX-License-Identifier: Apache-2.0
 *
 * glob.c: see glob.h.
 */
#include "formats/shape/glob.h"

#include <string.h>

#include "formats/base/pattern.h"

static struct span_of_text
whole(const char *text)
{
    return (struct span_of_text){text, strlen(text)};
}

bool
glob_fits(const char *glob, const struct function *function)
{
    const struct pattern_names names = {whole(function->module),
                                        whole(function->qualified_name),
                                        whole(function->file), function->line};
    return pattern_fits_text(whole(glob), whole(function->name)) ||
           pattern_fits(whole(glob), &names);
}
