/* SPDX-License-Identifier: Apache-2.0
 *
 * html/source.h: the text of the recorded Python files inside an HTML output,
 * each once (FORMAT.md).  Only regular files that can be read now, that are
 * small, and that are still what ran; of the others only that they changed.
 */
#ifndef CODESNAP_HTML_SOURCE_H
#define CODESNAP_HTML_SOURCE_H

#include "formats/html/pack.h"

/* 0, or -1 with errno set if memory is short.  A file that can't be read is
 * left out. */
int html_source_write(struct html_pack *pack, struct sink *sink,
                      const struct trace *trace);

#endif
