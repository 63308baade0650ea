/* SPDX-License-Identifier: Apache-2.0
 *
 * page.h: text for a person, in columns: numbers, durations and shares on the
 * right of theirs, names cut to the terminal's width.  Colour on a terminal
 * alone; a name can't send it commands.
 */
#ifndef CODESNAP_PAGE_H
#define CODESNAP_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/base/sink.h"

struct page {
    struct sink *sink;
    unsigned width;  /* of a line; 0: no limit */
    unsigned column; /* where we are in it */
    bool colour;
};

/* What standard output is: a terminal or not. */
void page_begin(struct page *page, struct sink *sink);
void page_count(struct page *page, uint64_t number, unsigned width);
void page_duration(struct page *page, uint64_t ns, unsigned width);
void page_share(struct page *page, uint64_t part, uint64_t whole,
                unsigned width);
/* As it is, on the right of width columns. */
void page_head(struct page *page, const char *text, unsigned width);
/* Whatever it holds; page_name ends the line. */
void page_text(struct page *page, const char *text);
void page_name(struct page *page, const char *text);
void page_indent(struct page *page, unsigned columns);
void page_end_line(struct page *page);

/* Bold and dim until page_plain; nothing without colour. */
void page_bold(struct page *page);
void page_dim(struct page *page);
void page_plain(struct page *page);

#endif
