/* SPDX-License-Identifier: Apache-2.0
 *
 * lines.c: zlib reads files of both kinds; without it plain ones are left.
 */
#include "launcher/replay/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_ZLIB
#    include <zlib.h>
#else
#    include <stdio.h>
#endif

enum {
    ROOM = 1 << 18
};

struct lines {
#ifdef HAVE_ZLIB
    gzFile file;
#else
    FILE *file;
#endif
    char *bytes; /* what was read, with a place for a NUL behind it */
    size_t at, end, room;
    bool over, failed;
};

/* == THE FILE ============================================================== */

#ifdef HAVE_ZLIB

static bool
open_file(struct lines *lines, const char *path)
{
    lines->file = gzopen(path, "rb");
    return lines->file != NULL;
}

static size_t
read_file(struct lines *lines, char *to, size_t room)
{
    int count = gzread(lines->file, to, (unsigned)room);
    int error = Z_OK;
    gzerror(lines->file, &error);
    lines->failed |= count < 0 || (error != Z_OK && error != Z_STREAM_END);
    return count > 0 ? (size_t)count : 0;
}

static void
close_file(struct lines *lines)
{
    if (lines->file)
        gzclose(lines->file);
}

#else

static bool
open_file(struct lines *lines, const char *path)
{
    lines->file = fopen(path, "rb");
    int first = lines->file ? getc(lines->file) : EOF;
    if (first == 0x1f) {
        errno = ENOSYS;
        return false;
    }
    return lines->file && ungetc(first, lines->file) != EOF;
}

static size_t
read_file(struct lines *lines, char *to, size_t room)
{
    size_t count = fread(to, 1, room, lines->file);
    lines->failed |= ferror(lines->file) != 0;
    return count;
}

static void
close_file(struct lines *lines)
{
    if (lines->file)
        fclose(lines->file);
}

#endif

/* == LINES ================================================================= */

struct lines *
lines_open(const char *path)
{
    struct lines *lines = calloc(1, sizeof *lines);
    if (!lines)
        return NULL;
    lines->room = ROOM;
    lines->bytes = malloc(ROOM + 1);
    if (lines->bytes && open_file(lines, path))
        return lines;
    int cause = lines->bytes && errno ? errno : ENOMEM;
    lines_close(lines);
    errno = cause;
    return NULL;
}

/* More behind what is there, which goes to the front; false: no memory. */
static bool
fill(struct lines *lines)
{
    memmove(lines->bytes, lines->bytes + lines->at, lines->end - lines->at);
    lines->end -= lines->at;
    lines->at = 0;
    if (lines->end == lines->room) {
        char *bytes = realloc(lines->bytes, lines->room * 2 + 1);
        if (!bytes)
            return false;
        lines->bytes = bytes;
        lines->room *= 2;
    }
    size_t count =
        read_file(lines, lines->bytes + lines->end, lines->room - lines->end);
    lines->end += count;
    lines->over = count == 0;
    return true;
}

char *
lines_next(struct lines *lines, size_t *count)
{
    size_t seen = 0;
    char *stop;
    while (!(stop = memchr(lines->bytes + lines->at + seen, '\n',
                           lines->end - lines->at - seen))) {
        seen = lines->end - lines->at;
        if (lines->over && seen == 0)
            return NULL;
        if (lines->over) {
            stop = lines->bytes + lines->end;
            break;
        }
        if (!fill(lines)) {
            lines->failed = true;
            return NULL;
        }
    }
    char *line = lines->bytes + lines->at;
    *count = (size_t)(stop - line);
    *stop = '\0';
    lines->at += *count + (stop < lines->bytes + lines->end);
    return line;
}

bool
lines_is_whole(const struct lines *lines)
{
    return lines->over && !lines->failed;
}

void
lines_close(struct lines *lines)
{
    if (!lines)
        return;
    close_file(lines);
    free(lines->bytes);
    free(lines);
}
