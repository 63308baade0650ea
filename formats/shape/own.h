/* SPDX-License-Identifier: Apache-2.0
 *
 * own.h: which functions are the user's own: what was written for this program,
 * as opposed to what comes with Python, was installed, or is the tracer's.
 */
#ifndef CODESNAP_OWN_H
#define CODESNAP_OWN_H

#include "formats/trace/trace.h"

/* What the recording says of a Python function, or, in one that does not, its
 * file (ownfile.h).  C functions never are; spans that the program names always
 * are. */
bool own_is(const struct function *function);

#endif
