/* SPDX-License-Identifier: Apache-2.0
 *
 * evidence.h: what calls of functions were called with, where that is known: whether
 * one argument tells slow calls from usual ones.  Of each function the slowest calls
 * and the first ones are kept.
 */
#ifndef CODESNAP_EVIDENCE_H
#define CODESNAP_EVIDENCE_H

#include <stddef.h>
#include <stdint.h>

struct evidence;

/* Of so many functions.  NULL without memory. */
struct evidence *evidence_new(uint32_t functions);
void evidence_free(struct evidence *evidence);

/* A call that took so long, and its arguments, a clean JSON object.  0, or -1 without
 * memory. */
int evidence_add(struct evidence *evidence, uint32_t function, uint64_t ns,
                 const char *arguments);

/* How calls from threshold_ns on differ from the others, to be said behind a cause:
 * "; it is called with mode = full, usual calls are not".  "" if they don't. */
void evidence_difference(const struct evidence *evidence, uint32_t function,
                         uint64_t threshold_ns, char *text, size_t room);

#endif
