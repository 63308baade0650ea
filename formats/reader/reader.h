/* SPDX-License-Identifier: Apache-2.0
 *
 * reader.h: makes a trace of session folders.  The one place that knows how a
 * session is read.
 */
#ifndef CODESNAP_READER_H
#define CODESNAP_READER_H

#include <stddef.h>

#include "formats/trace/trace.h"

/* Open the session folder at path.  On failure returns NULL with one line in
 * error that names the thing and the way out; what is damaged inside a session
 * is not a failure but counted in the trace. */
struct trace *trace_open(const char *path, char *error, size_t error_bytes);

/* The same of several sessions, of one machine or of some, on one time axis:
 * sessions of one boot are joined by its monotonic clock, others by what
 * CLOCK_REALTIME showed.  Where hosts differ a process's name ends in "@ host".
 * Where a pid is found in two sessions, those of the later one, and its tids,
 * have a multiple of 10,000,000 added. */
struct trace *trace_open_all(const char *const *paths, size_t count,
                             char *error, size_t error_bytes);

/* CLOCK_MONOTONIC of the machine of that process, in the time of a trace that
 * was opened here. */
uint64_t reader_ns(struct trace *trace, struct process *process,
                   uint64_t monotonic_ns);

#endif
