/* SPDX-License-Identifier: Apache-2.0
 *
 * meter.c: see meter.h.
 */
#include "formats/spool/meter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#include "formats/base/file.h"

#define PATH_ROOM 4352

static int
open_meter(const char *folder, int flags)
{
    char path[PATH_ROOM];
    int length = snprintf(path, sizeof path, "%s/" METER_FILE, folder);
    if (length < (int)sizeof path)
        return open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    errno = ENAMETOOLONG;
    return -1;
}

int
meter_open(const char *folder)
{
    return open_meter(folder, O_WRONLY | O_CREAT | O_EXCL);
}

int
meter_put(int fd, uint64_t place, const struct meter_entry *entry)
{
    return file_write_at(fd, entry, sizeof *entry, place * sizeof *entry);
}

static int
by_time(const void *one, const void *other)
{
    const struct meter_entry *a = one, *b = other;
    return (a->load.at_ns > b->load.at_ns) - (a->load.at_ns < b->load.at_ns);
}

static struct meter_entry *
read_open(int fd, size_t *count)
{
    struct file_status status;
    if (file_look_open(fd, &status) < 0)
        return NULL;
    struct meter_entry *list = malloc(status.size_bytes + 1);
    int64_t got = list ? file_read(fd, list, (size_t)status.size_bytes, 0) : -1;
    *count = got > 0 ? (size_t)got / sizeof *list : 0;
    return list;
}

struct meter_entry *
meter_read(const char *folder, size_t *count)
{
    *count = 0;
    int fd = open_meter(folder, O_RDONLY);
    if (fd < 0)
        return NULL;
    struct meter_entry *list = read_open(fd, count);
    file_close(fd, 0);
    if (list)
        qsort(list, *count, sizeof *list, by_time);
    return list;
}
