/* SPDX-License-Identifier: Apache-2.0
 *
 * html/chunk.h: the spans of one track after another as the chunks of an HTML
 * output (FORMAT.md, "The data inside an HTML output").  Holds one chunk and
 * the calls that are open, whatever the number of events.
 */
#ifndef CODESNAP_HTML_CHUNK_H
#define CODESNAP_HTML_CHUNK_H

#include "formats/html/pack.h"

struct html_chunk;

/* NULL with errno set if memory is short. */
struct html_chunk *html_chunk_new(struct html_pack *pack);
void html_chunk_free(struct html_chunk *chunk);

void html_chunk_begin_track(struct html_chunk *chunk, uint32_t track);
/* 0, or -1 with errno set if the calls that are open need more memory than
 * there is. */
int html_chunk_open(struct html_chunk *chunk, const struct span *span);
void html_chunk_close(struct html_chunk *chunk, const struct span *span);
void html_chunk_gap(struct html_chunk *chunk, uint64_t start_ns,
                    uint64_t end_ns);
void html_chunk_end_track(struct html_chunk *chunk);

/* What was written so far. */
uint64_t html_chunk_count(const struct html_chunk *chunk);
uint64_t html_chunk_events(const struct html_chunk *chunk);

#endif
