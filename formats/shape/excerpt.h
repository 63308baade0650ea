/* SPDX-License-Identifier: Apache-2.0
 *
 * excerpt.h: the calls of a track that run at some time in a window, each
 * whole, with its true begin and end, however far outside they lie.  Stands
 * between track_read and any visitor; memory is bounded by depth.
 */
#ifndef CODESNAP_EXCERPT_H
#define CODESNAP_EXCERPT_H

#include "formats/trace/trace.h"

struct excerpt;

/* NULL with errno set if memory is short. */
struct excerpt *excerpt_new(uint64_t from_ns, uint64_t to_ns);
void excerpt_free(struct excerpt *excerpt);

/* As track_read. */
int excerpt_read(struct excerpt *excerpt, struct trace *trace,
                 struct track *track, const struct track_visitor *visitor,
                 void *context);

#endif
