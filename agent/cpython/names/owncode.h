/* SPDX-License-Identifier: Apache-2.0
 *
 * owncode.h: whose code a Python function is, as it is seen when it runs.  With
 * the GIL (or attached, free-threaded); in the slow path only.
 */
#ifndef CODESNAP_OWNCODE_H
#define CODESNAP_OWNCODE_H

#include "agent/base/text.h"

/* SPOOL_OWNER_KNOWN, and SPOOL_OWNER_USER where it is the user's own: it does not
 * lie in the folder of the standard library that this interpreter uses, wherever
 * that is, and its file is not one of a library (formats/base/ownfile.h). */
uint32_t owncode_flags(struct text module, struct text file);

#endif
