/* SPDX-License-Identifier: Apache-2.0
 *
 * subject.h: on what a call blocked, in words.  A few system calls on the stack, no
 * lock; changes errno.
 */
#ifndef CODESNAP_SUBJECT_H
#define CODESNAP_SUBJECT_H

#include <stddef.h>
#include <sys/socket.h>

#include "agent/track/wait.h"
#include "formats/base/phrase.h"

struct subject {
    char text[WAIT_TEXT_BYTES];
};

/* A file's path, a socket's peer, or what the kernel calls it: pipe:[123]. */
void subject_fd(struct subject *subject, int fd);
/* "127.0.0.1:80", "[::1]:80", "unix:/run/x".  Nothing of what is no address. */
void subject_address(struct subject *subject, const struct sockaddr *address,
                     socklen_t bytes);
/* As it is; NULL is nothing.  The kernel has read it. */
void subject_path(struct subject *subject, const char *path);
/* "3 descriptors", "pid 123". */
void subject_number(struct subject *subject, const char *format, long number);

#endif
