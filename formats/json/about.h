/* SPDX-License-Identifier: Apache-2.0
 *
 * json/about.h: what a JSON output says of the trace beside its events: names
 * and order of processes and threads as metadata events before them, and behind
 * them all that is known of these, which no viewer asks for.
 */
#ifndef CODESNAP_JSON_ABOUT_H
#define CODESNAP_JSON_ABOUT_H

#include "formats/base/sink.h"
#include "formats/shape/writer.h"
#include "formats/trace/trace.h"

/* The first elements of traceEvents. */
void json_about_begin(struct sink *sink, const struct trace *trace);

/* "otherData":{...}, when all tracks were read. */
void json_about_end(struct sink *sink, const struct trace *trace,
                    const struct format_options *options);

#endif
