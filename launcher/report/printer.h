/* SPDX-License-Identifier: Apache-2.0
 *
 * printer.h: text for a person, in columns: numbers, durations and shares on the
 * right of theirs, names cut to the terminal's width.  Colour on a terminal
 * alone; a name can't send it commands.
 */
#ifndef CODESNAP_PRINTER_H
#define CODESNAP_PRINTER_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/base/sink.h"

struct printer {
    struct sink *sink;
    unsigned width;  /* of a line; 0: no limit */
    unsigned column; /* where we are in it */
    bool colour;
};

/* Whether a line has so many columns: else a table leaves some of its own out. */
static inline bool
printer_has_room(const struct printer *printer, unsigned columns)
{
    return printer->width == 0 || printer->width >= columns;
}

/* What standard output is: a terminal or not. */
void printer_begin(struct printer *printer, struct sink *sink);
void printer_count(struct printer *printer, uint64_t number, unsigned width);
void printer_duration(struct printer *printer, uint64_t ns, unsigned width);
/* With its sign. */
void printer_difference(struct printer *printer, int64_t ns, unsigned width);
void printer_share(struct printer *printer, uint64_t part, uint64_t whole,
                   unsigned width);
/* As it is, on the right of width columns. */
void printer_head(struct printer *printer, const char *text, unsigned width);
/* Whatever it holds; printer_name ends the line. */
void printer_text(struct printer *printer, const char *text);
void printer_name(struct printer *printer, const char *text);
void printer_indent(struct printer *printer, unsigned columns);
void printer_end_line(struct printer *printer);

/* Bold and dim until printer_plain; nothing without colour. */
void printer_bold(struct printer *printer);
void printer_dim(struct printer *printer);
void printer_plain(struct printer *printer);

#endif
