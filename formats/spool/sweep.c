/* SPDX-License-Identifier: Apache-2.0
 *
 * sweep.c: see sweep.h.
 */
#include "formats/spool/sweep.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "formats/base/file.h"
#include "formats/spool/clock.h"
#include "formats/spool/session.h"
#include "formats/spool/spoolfile.h"

/* When the kernel notes a change through a mapping it may be so late. */
#define LATE_NS 60000000000ull

struct left {
    const char *name;
    uint64_t modified_ns, bytes;
};

static int
compare_left(const void *a, const void *b)
{
    const struct left *x = a, *y = b;
    return (x->modified_ns > y->modified_ns) -
           (x->modified_ns < y->modified_ns);
}

/* Whether it is a ring of programs that have ended. */
static bool
take(const char *folder, const char *name, struct left *left)
{
    struct spoolfile file;
    struct file_status status;
    if (session_lives_in(folder, name) != 0 ||
        spoolfile_open(&file, folder, name) != 0)
        return false;
    bool ring = (file.header.features & SPOOL_RING) != 0 &&
                file_look_open(file.fd, &status) == 0;
    *left = (struct left){.name = name,
                          .bytes = (uint64_t)file.header.slot_count *
                                   SPOOL_SLOT_BYTES};
    if (ring)
        left->modified_ns =
            (uint64_t)status.modified_s * 1000000000u + status.modified_ns;
    spoolfile_close(&file);
    return ring;
}

static void
drop(const char *folder, const char *name)
{
    char path[4096 + 256];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path)
        unlink(path);
}

static void
drop_oldest(const char *folder, const struct left *list, size_t count,
            struct amount last)
{
    uint64_t bytes = 0, now = clock_nanoseconds(CLOCK_REALTIME);
    for (size_t i = 0; i < count; i++)
        bytes += list[i].bytes;
    for (size_t i = 0; i < count; i++) {
        bool old = last.ns && list[i].modified_ns + last.ns + LATE_NS < now;
        bool large = last.bytes && bytes > last.bytes;
        if (!old && !large)
            return;
        drop(folder, list[i].name);
        bytes -= list[i].bytes;
    }
}

void
sweep_session(const char *folder, struct amount last)
{
    struct spoolfile_names names;
    size_t count = 0;
    if (spoolfile_list(folder, &names) != 0)
        return;
    struct left *list = calloc(names.count + 1, sizeof *list);
    for (size_t i = 0; list != NULL && i < names.count; i++)
        count += take(folder, names.names[i], &list[count]);
    if (count > 1)
        qsort(list, count, sizeof *list, compare_left);
    drop_oldest(folder, list, count, last);
    free(list);
    spoolfile_list_free(&names);
}
