/* SPDX-License-Identifier: Apache-2.0
 *
 * intern.h: the ids of functions.  With the GIL (or attached, free-threaded); in
 * the slow path only.
 */
#ifndef CODESNAP_INTERN_H
#define CODESNAP_INTERN_H

#include "agent/base/text.h"

/* The id of a function; equal (kind, texts, line) get the same one.  -1 when
 * there is none left. */
int64_t intern_function(uint32_t kind, uint32_t line, uint32_t flags,
                        const struct text names[3]);
/* A code object with that id is gone: in a ring the id may mean another function
 * when no record has it any more.  Allocates nothing. */
void intern_leave(uint32_t id);
/* Keep the names from here on, so that intern_repeat can write them all into the
 * next spool, under the same ids. */
void intern_keep(void);
void intern_repeat(void);

#endif
