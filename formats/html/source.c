/* SPDX-License-Identifier: Apache-2.0
 *
 * html/source.c: reads the files that functions name.  Those names are the
 * program's word: nothing but a regular file is read, and none waits.
 */
#include "formats/html/source.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/base/file.h"

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

/* What became of a file that a function names. */
enum fate {
    IS_NONE, /* not to be had, or not wanted */
    IS_STILL,
    IS_CHANGED
};

static enum fate
fate_of(const struct trace *trace, const char *path, int fd)
{
    struct file_status status;

    if (file_look_open(fd, &status) < 0 || !S_ISREG(status.mode))
        return IS_NONE;
    if (!trace_is_what_ran(trace, path, &status))
        return IS_CHANGED;
    return status.size_bytes > 0 && status.size_bytes <= FILE_BYTES ? IS_STILL
                                                                    : IS_NONE;
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

/* *count is how many bytes it has, 0 if it is left out. */
static enum fate
read_file(const struct trace *trace, const char *path, unsigned char *bytes,
          size_t *count)
{
    enum fate fate;
    int fd = -1;

    *count = 0;
    if (path[0] == '/')
        fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return IS_NONE;
    fate = fate_of(trace, path, fd);
    if (fate == IS_STILL)
        *count = read_whole(fd, bytes);
    close(fd);
    return fate;
}

/* In the order of the tables' "files", whose numbers count from 1.  Returns how
 * many were changed, with their numbers. */
static size_t
write_files(struct html_pack *pack, const struct trace *trace,
            struct function **sorted, unsigned char *bytes, uint32_t *changed)
{
    const char *last = "";
    size_t total = 0, count, changes = 0;
    uint32_t number = 0;

    for (uint32_t i = 0; i < trace->function_count; i++) {
        if (strcmp(sorted[i]->file, last) == 0)
            continue;
        last = sorted[i]->file;
        number++;
        if (total >= TOTAL_BYTES)
            continue;
        if (read_file(trace, last, bytes + 1, &count) == IS_CHANGED)
            changed[changes++] = number;
        total += count;
        if (count)
            html_pack_write(pack, "codesnap-source", "file", number, bytes,
                            1 + count);
    }
    return changes;
}

static void
write_changed(struct sink *sink, const uint32_t *changed, size_t count)
{
    if (!count)
        return;
    sink_puts(sink, "<script type=\"application/json\""
                    " id=\"codesnap-changed\">");
    for (size_t i = 0; i < count; i++) {
        sink_puts(sink, i ? "," : "[");
        sink_decimal(sink, changed[i]);
    }
    sink_puts(sink, "]</script>\n");
}

int
html_source_write(struct html_pack *pack, struct sink *sink,
                  const struct trace *trace)
{
    size_t room = trace->function_count + 1u;
    struct function **sorted = malloc(room * sizeof *sorted);
    uint32_t *changed = malloc(room * sizeof *changed);
    unsigned char *text = malloc(1 + FILE_BYTES);
    int result = -1;

    if (sorted && changed && text) {
        if (trace->function_count)
            memcpy(sorted, trace->functions,
                   trace->function_count * sizeof *sorted);
        qsort(sorted, trace->function_count, sizeof *sorted, compare);
        write_changed(sink, changed,
                      write_files(pack, trace, sorted, text, changed));
        result = 0;
    }
    free(sorted);
    free(changed);
    free(text);
    return result;
}
