/* SPDX-License-Identifier: Apache-2.0
 *
 * outputname.h: an output's name with patterns in it: %p is the pid, %t the
 * local time at the start (20260131-142305), %n the program's name (app.py).
 * Launcher and agent write the same names.
 */
#ifndef CODESNAP_OUTPUTNAME_H
#define CODESNAP_OUTPUTNAME_H

#include <stddef.h>
#include <sys/types.h>
#include <time.h>

struct outputname {
    pid_t pid;
    time_t start;     /* seconds since 1970 */
    const char *name; /* of the program; what can't be in a file name is not */
};

/* Write the name for the pattern at path, cut to room - 1 bytes. */
void outputname_expand(const struct outputname *outputname, const char *pattern,
                       char *path, size_t room);

/* The program's name for its arguments, each ended by NUL, as a timeline calls
 * it; to be freed, NULL where there is no memory. */
char *outputname_of(const char *arguments, size_t count);

#endif
