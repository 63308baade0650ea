/* SPDX-License-Identifier: Apache-2.0
 *
 * html/points.h: what a track has at single points in time, instants and the
 * values of counters, as scripts of an HTML output (FORMAT.md).  They are all
 * told, in recordings of any size.  Holds one script.
 */
#ifndef CODESNAP_HTML_POINTS_H
#define CODESNAP_HTML_POINTS_H

#include "formats/html/pack.h"

struct html_points;

/* NULL with errno set if memory is short. */
struct html_points *html_points_new(struct html_pack *pack);
void html_points_free(struct html_points *points);

void html_points_begin_track(struct html_points *points, uint32_t track);
void html_points_instant(struct html_points *points,
                         const struct instant *instant);
void html_points_sample(struct html_points *points,
                        const struct sample *sample);
void html_points_end_track(struct html_points *points);

uint64_t html_points_count(const struct html_points *points); /* scripts */

#endif
