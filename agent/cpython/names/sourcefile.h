/* SPDX-License-Identifier: Apache-2.0
 *
 * sourcefile.h: what the files of Python functions were like when their code was
 * loaded, so that nobody takes a text for what ran that was written later.  With
 * the GIL (or attached, free-threaded); in the slow path only.
 */
#ifndef CODESNAP_SOURCEFILE_H
#define CODESNAP_SOURCEFILE_H

#include <stdbool.h>

#include "agent/base/text.h"

/* Code of that file is met.  loading: it is the module's own, which runs when it
 * was just read, by the path that ends in a NUL.  Only then the system is asked
 * (for the file's status), as import has done a moment ago: later on the program
 * may have forbidden that. */
void sourcefile_meet(struct text path, bool loading);

/* All that is known of files, for the next spool. */
void sourcefile_repeat(void);

#endif
