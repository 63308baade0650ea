/* SPDX-License-Identifier: Apache-2.0
 *
 * html/waits.h: the waits of a track as scripts of their own (FORMAT.md).
 */
#ifndef CODESNAP_HTML_WAITS_H
#define CODESNAP_HTML_WAITS_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/html/pack.h"
#include "formats/trace/trace.h"

struct html_waits;

/* NULL without memory. */
struct html_waits *html_waits_new(struct html_pack *pack);
void html_waits_free(struct html_waits *waits);
/* How many scripts were written. */
uint64_t html_waits_count(const struct html_waits *waits);

void html_waits_begin_track(struct html_waits *waits, uint32_t track);
void html_waits_put(struct html_waits *waits, const struct wait *wait);
/* A track without waits of which it is known when it was on the processor has a
 * script, too. */
void html_waits_end_track(struct html_waits *waits, bool has_cpu);

#endif
