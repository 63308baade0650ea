/* SPDX-License-Identifier: Apache-2.0
 *
 * about.h: what is known of a process, as members of a JSON object.  The one
 * place that all outputs have it from; FORMAT.md lists them.
 */
#ifndef CODESNAP_ABOUT_H
#define CODESNAP_ABOUT_H

#include "formats/base/sink.h"
#include "formats/trace/trace.h"

/* "pid":1,...,"status":0 without braces; text writes a string with quotes. */
void about_process(struct sink *sink, const struct process *process,
                   void (*text)(struct sink *sink, const char *text));

/* ,"troubles":[...]: what did not fit or is missing, by kind, and where the first
 * ones are. */
void about_troubles(struct sink *sink, const struct trace *trace,
                    void (*text)(struct sink *sink, const char *text));

#endif
