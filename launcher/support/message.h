/* SPDX-License-Identifier: Apache-2.0
 *
 * message.h: what codesnap says to its user.  Every message is one line on
 * stderr that starts with "codesnap: ", in one write, so that it does not mix
 * with what the program prints.  One thread; keeps errno.
 */
#ifndef CODESNAP_MESSAGE_H
#define CODESNAP_MESSAGE_H

#include <stddef.h>

/* codesnap's own statuses; else it ends as the program did. */
enum message_status {
    STATUS_USAGE = 2,
    STATUS_FAILED = 125,
    STATUS_NOT_EXECUTABLE = 126,
    STATUS_NOT_FOUND = 127
};

void message_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* From now on say `name` for `path`, such as that of a temporary copy. */
void message_rename(const char *path, const char *name);

/* The name to say for a path. */
const char *message_name(const char *path);

#endif
