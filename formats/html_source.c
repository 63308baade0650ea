/* SPDX-License-Identifier: Apache-2.0
 *
 * html_source.c: reads the files that functions name.  Those names are the
 * program's word: nothing but a regular file is read, and none waits.
 */
#include "formats/html_source.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/file.h"

#define FILE_BYTES  (256 << 10)
#define TOTAL_BYTES (12 << 20)

_Static_assert(1 + FILE_BYTES <= HTML_PACK_BYTES, "a file fits");

static int
compare(const void *one, const void *other)
{
    const struct function *a = *(struct function *const *)one;
    const struct function *b = *(struct function *const *)other;

    return strcmp(a->file, b->file);
}

static bool
is_wanted(const struct trace *trace, int fd)
{
    uint64_t end_ns = trace->realtime_ns + trace->duration_ns;
    struct file_status status;

    return file_look_open(fd, &status) == 0 && S_ISREG(status.mode) &&
           status.size_bytes > 0 && status.size_bytes <= FILE_BYTES &&
           (uint64_t)status.modified_s <= end_ns / 1000000000;
}

static size_t
read_whole(int fd, unsigned char *bytes)
{
    size_t count = 0;
    ssize_t got = 1;

    while (count < FILE_BYTES && got > 0) {
        got = read(fd, bytes + count, FILE_BYTES - count);
        if (got > 0)
            count += (size_t)got;
    }
    return got < 0 ? 0 : count;
}

/* How many bytes it has, 0 if it is left out. */
static size_t
read_file(const struct trace *trace, const char *path, unsigned char *bytes)
{
    size_t count = 0;
    int fd;

    if (path[0] != '/')
        return 0;
    fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    if (is_wanted(trace, fd))
        count = read_whole(fd, bytes);
    close(fd);
    return count;
}

/* In the order of the tables' "files", whose numbers count from 1. */
static void
write_files(struct html_pack *pack, const struct trace *trace,
            struct function **sorted, unsigned char *bytes)
{
    const char *last = "";
    size_t total = 0;
    uint64_t number = 0;

    for (uint32_t i = 0; i < trace->function_count; i++) {
        size_t count;

        if (strcmp(sorted[i]->file, last) == 0)
            continue;
        last = sorted[i]->file;
        number++;
        count = total < TOTAL_BYTES ? read_file(trace, last, bytes + 1) : 0;
        total += count;
        if (count)
            html_pack_write(pack, "codesnap-source", "file", number, bytes,
                            1 + count);
    }
}

int
html_source_write(struct html_pack *pack, const struct trace *trace)
{
    size_t bytes = (trace->function_count + 1u) * sizeof(struct function *);
    struct function **sorted = malloc(bytes);
    unsigned char *text = malloc(1 + FILE_BYTES);
    int result = -1;

    if (sorted && text) {
        if (trace->function_count)
            memcpy(sorted, trace->functions,
                   trace->function_count * sizeof *sorted);
        qsort(sorted, trace->function_count, sizeof *sorted, compare);
        write_files(pack, trace, sorted, text);
        result = 0;
    }
    free(sorted);
    free(text);
    return result;
}
