/* SPDX-License-Identifier: Apache-2.0
 *
 * file.h: what the other files here ask of the file system, without the libc
 * functions whose symbols are newer than the oldest libc we load on (stat and
 * its variants got new versions in glibc 2.33).  Nothing here allocates.
 */
#ifndef CODESNAP_FILE_H
#define CODESNAP_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct file_status {
    uint32_t mode; /* as st_mode */
    uint64_t size_bytes;
    int64_t modified_s;   /* seconds of CLOCK_REALTIME */
    uint32_t modified_ns; /* and what is more than these */
};

/* Of the file at path, itself if it is a symlink.  0, or -1 with errno. */
int file_look(const char *path, struct file_status *status);
/* Of the file that path leads to in the end. */
int file_follow(const char *path, struct file_status *status);
int file_look_open(int fd, struct file_status *status);

/* Read or write all count bytes, going on after signals and short counts.
 * Reading returns how many there were before the end, -1 with errno. */
int64_t file_read(int fd, void *bytes, size_t count, uint64_t offset);
int file_write(int fd, const void *bytes, size_t count);
int file_write_at(int fd, const void *bytes, size_t count, uint64_t offset);

/* Close it; errno stays as it is.  Returns result. */
int file_close(int fd, int result);

/* May a file grow to that size?  Writing past RLIMIT_FSIZE raises SIGXFSZ,
 * which would kill the process that we are guests in. */
bool file_may_grow(uint64_t size_bytes);

/* The first line of a small file such as those in /proc, without its newline,
 * NUL-ended and padded with NULs.  0, or -1 with errno. */
int file_first_line(const char *path, char *line, size_t line_bytes);

#endif
