/* SPDX-License-Identifier: Apache-2.0
 *
 * open.c: which kind of output a file is.
 */
#include "launcher/replay/open.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "formats/base/file.h"
#include "formats/spool/session.h"
#include "launcher/replay/replay.h"

static bool
starts_with(const char *bytes, size_t count, const char *begin)
{
    return count >= strlen(begin) && memcmp(bytes, begin, strlen(begin)) == 0;
}

static struct trace *
open_kind(struct replay *replay, const char *begin, size_t count)
{
    if (starts_with(begin, count, "<!DOCTYPE html>"))
        return replay_open_html(replay);
    if (starts_with(begin, count, "\x1f\x8b") ||
        starts_with(begin, count,
                    "{\"displayTimeUnit\":\"ns\",\"traceEvents\":["))
        return replay_open_json(replay);
    if (starts_with(begin, count, SPOOL_MAGIC))
        return replay_fail(replay, "is a part of a session; name the folder "
                                   "that it lies in");
    return replay_fail(replay, "neither a session folder (OUTPUT" SESSION_SUFFIX
                               ") nor an .html, .json or .json.gz that "
                               "codesnap made");
}

struct trace *
replay_open(const char *path, char *error, size_t error_bytes)
{
    struct replay replay = {
        .path = path, .error = error, .error_bytes = error_bytes};
    struct file_status status;
    char begin[64];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int64_t count = -1;
    if (fd >= 0 && file_look_open(fd, &status) == 0)
        count = file_read(fd, begin, sizeof begin, 0);
    int cause = errno;
    if (fd >= 0)
        close(fd);
    if (count >= 0) {
        replay.trace.spool_bytes = status.size_bytes;
        return open_kind(&replay, begin, (size_t)count);
    }
    snprintf(error, error_bytes, "%s: can't be read: %s", path,
             strerror(cause));
    return NULL;
}
