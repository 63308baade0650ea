/* SPDX-License-Identifier: Apache-2.0
 *
 * glob.h: which functions a pattern of the user's means.
 */
#ifndef CODESNAP_GLOB_H
#define CODESNAP_GLOB_H

#include "formats/trace/trace.h"

/* Whether a glob matches the function's name as shown, its module:qualname, or
 * its file: path or name, with :LINE or without. */
bool glob_fits(const char *glob, const struct function *function);

#endif
