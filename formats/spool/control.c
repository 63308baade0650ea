/* SPDX-License-Identifier: Apache-2.0
 *
 * control.c: see control.h.  Allocates nothing; no descriptor is kept.
 */
#include "formats/spool/control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "formats/base/file.h"

#define PATH_ROOM 4400

static int
open_control(const char *folder, int flags)
{
    char path[PATH_ROOM];
    int length = snprintf(path, PATH_ROOM, "%s/" CONTROL_FILE, folder);
    if (length < PATH_ROOM)
        return open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    errno = ENAMETOOLONG;
    return -1;
}

/* Written, not made sparse: a page that has its place on the disk can be stored
 * into when that is full. */
int
control_create(const char *folder)
{
    static const struct control empty = {.magic = CONTROL_MAGIC,
                                         .version = CONTROL_VERSION,
                                         .slot_count = CONTROL_SLOTS};
    errno = EFBIG;
    int fd = file_may_grow(sizeof empty)
                 ? open_control(folder, O_WRONLY | O_CREAT | O_EXCL)
                 : -1;
    if (fd < 0)
        return -1;
    return file_close(fd, file_write(fd, &empty, sizeof empty));
}

static bool
is_known(const struct control *control)
{
    return memcmp(control->magic, CONTROL_MAGIC, sizeof control->magic) == 0 &&
           control->version == CONTROL_VERSION &&
           control->slot_count == CONTROL_SLOTS;
}

static void *
map_open(int fd)
{
    struct file_status status;
    if (file_look_open(fd, &status) < 0)
        return MAP_FAILED;
    errno = EINVAL;
    if (status.size_bytes < sizeof(struct control))
        return MAP_FAILED;
    return mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE,
                MAP_SHARED, fd, 0);
}

struct control *
control_map(const char *folder)
{
    int fd = open_control(folder, O_RDWR);
    if (fd < 0)
        return NULL;
    struct control *control = map_open(fd);
    file_close(fd, 0);
    if (control == MAP_FAILED)
        return NULL;
    if (is_known(control))
        return control;
    control_unmap(control);
    errno = EINVAL;
    return NULL;
}

void
control_unmap(struct control *control)
{
    munmap(control, sizeof *control);
}
