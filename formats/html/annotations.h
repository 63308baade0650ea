/* SPDX-License-Identifier: Apache-2.0
 *
 * html/annotations.h: what a track has at single points in time: instants and
 * the values of counters, as scripts of an HTML output (FORMAT.md).  They are
 * all told, in recordings of any size.  Holds one script.
 */
#ifndef CODESNAP_HTML_ANNOTATIONS_H
#define CODESNAP_HTML_ANNOTATIONS_H

#include "formats/html/pack.h"

struct html_annotations;

/* NULL with errno set if memory is short. */
struct html_annotations *html_annotations_new(struct html_pack *pack);
void html_annotations_free(struct html_annotations *annotations);

void html_annotations_begin_track(struct html_annotations *annotations,
                                  uint32_t track);
void html_annotations_instant(struct html_annotations *annotations,
                              const struct instant *instant);
void html_annotations_sample(struct html_annotations *annotations,
                             const struct sample *sample);
/* Of a span that closes: its arguments. */
void html_annotations_arguments(struct html_annotations *annotations,
                                const struct span *span);
void html_annotations_end_track(struct html_annotations *annotations);

uint64_t html_annotations_count(
    const struct html_annotations *annotations); /* scripts */

#endif
