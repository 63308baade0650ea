/* SPDX-License-Identifier: Apache-2.0
 *
 * format.h: the output formats: one row in formats.def and one writer each
 * (shape/writer.h).  format_convert drives any of them from an open trace.
 */
#ifndef CODESNAP_FORMAT_H
#define CODESNAP_FORMAT_H

#include "formats/shape/writer.h"

/* The format whose suffix the path ends in (the longest one counts), or whose
 * name is given; NULL if there is none. */
const struct format *format_for_path(const char *path);
const struct format *format_by_name(const char *name);
/* The number-th row of formats.def that is linked in, NULL past the end: the
 * agent holds only what it writes at a program's exit. */
const struct format *format_at(size_t number);

/* Write the whole trace to path.  0, or -1 with one line in error; then there
 * is no new file at path. */
int format_convert(struct trace *trace, const struct format *format,
                   const char *path, const struct format_options *options,
                   char *error, size_t error_bytes);

#endif
