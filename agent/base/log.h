/* SPDX-License-Identifier: Apache-2.0
 *
 * log.h: what the agent does in its life, for whoever debugs it: a line in the
 * file that CODESNAP_LOG names, made if it is not there.  Never on the event path.
 */
#ifndef CODESNAP_LOG_H
#define CODESNAP_LOG_H

#define LOG_VARIABLE "CODESNAP_LOG"

/* "PID SECONDS text", SECONDS by the monotonic clock, in one write to the end of
 * the file; nothing without the variable, or where the file can't be opened.
 * Keeps errno.  Any thread. */
void log_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
