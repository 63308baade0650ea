/* SPDX-License-Identifier: Apache-2.0
 *
 * session.c: makes the folder of a recording, keeps its session file, and
 * takes it away again.  Both the launcher and the agent do this; see session.h.
 */
#include "formats/spool/session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/base/file.h"
#include "formats/spool/clock.h"
#include "formats/spool/control.h"
#include "formats/spool/living.h"
#include "formats/spool/meter.h"
#include "formats/spool/sessiondir.h"
#include "formats/spool/spoolfile.h"

#define PATH_ROOM     4400
#define MOST_SESSIONS 10000

static int
file_path(const char *folder, const char *name, char path[PATH_ROOM])
{
    int length = snprintf(path, PATH_ROOM, "%s/%s", folder, name);
    if (length < PATH_ROOM)
        return 0;
    errno = ENAMETOOLONG;
    return -1;
}

static int
open_session(const char *folder, int flags)
{
    char path[PATH_ROOM];
    if (file_path(folder, SESSION_FILE, path) != 0)
        return -1;
    return open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
}

/* == MAKING ================================================================= */

/* mkdir follows no symlink in the last part and takes no folder that exists. */
static int
make_folder(char *path, size_t path_bytes)
{
    size_t length = strlen(path);
    for (int number = 1; number < MOST_SESSIONS; number++) {
        if (mkdir(path, 0700) == 0)
            return 0;
        if (errno != EEXIST)
            return -1;
        int more = snprintf(path + length, path_bytes - length, ".%d", number);
        if ((size_t)more >= path_bytes - length) {
            errno = ENAMETOOLONG;
            return -1;
        }
    }
    return -1;
}

static void
fill(struct session_file *file, int argc, char *const *argv)
{
    memset(file, 0, sizeof *file);
    memcpy(file->magic, SESSION_MAGIC, sizeof file->magic);
    file->version = SPOOL_VERSION;
    file->state = SESSION_OPEN;
    file->root_pid = (uint32_t)getpid();
    file->clock_kind = clock_detect();
    file->begin = clock_read((enum spool_clock_kind)file->clock_kind);
    clock_read_boot(file->boot_id);
    for (int i = 0; i < argc; i++)
        file->argv_bytes += (uint32_t)strlen(argv[i]) + 1;
    file->argc = (uint32_t)argc;
}

static int
write_arguments(int fd, int argc, char *const *argv)
{
    for (int i = 0; i < argc; i++)
        if (file_write(fd, argv[i], strlen(argv[i]) + 1) != 0)
            return -1;
    return 0;
}

static int
write_session(const char *folder, int argc, char *const *argv)
{
    struct session_file file;
    fill(&file, argc, argv);
    if (!file_may_grow(sizeof file + file.argv_bytes)) {
        errno = EFBIG;
        return -1;
    }
    int fd = open_session(folder, O_WRONLY | O_CREAT | O_EXCL);
    if (fd < 0)
        return -1;
    if (file_write(fd, &file, sizeof file) != 0)
        return file_close(fd, -1);
    return file_close(fd, write_arguments(fd, argc, argv));
}

int
session_create(const char *output, const char *spool_directory, int argc,
               char *const *argv, char *path, size_t path_bytes)
{
    if (sessiondir_choose(output, spool_directory, path, path_bytes) != 0 ||
        make_folder(path, path_bytes) != 0)
        return -1;
    if (write_session(path, argc, argv) == 0) {
        int known = errno;
        if (control_create(path) < 0) /* it is recorded all the same */
            errno = known;
        return 0;
    }
    int cause = errno;
    session_remove(path);
    errno = cause;
    return -1;
}

/* == THE SESSION FILE ======================================================= */

int
session_read(const char *path, struct session_file *file)
{
    int fd = open_session(path, O_RDONLY);
    if (fd < 0)
        return -1;
    int64_t got = file_read(fd, file, sizeof *file, 0);
    file_close(fd, 0);
    if (got < 0)
        return -1;
    if ((size_t)got < sizeof *file ||
        memcmp(file->magic, SESSION_MAGIC, sizeof file->magic) != 0 ||
        file->version != SPOOL_VERSION) {
        errno = EINVAL;
        return -1;
    }
    return 0;
}

int64_t
session_read_arguments(const char *path, char *bytes, size_t count)
{
    int fd = open_session(path, O_RDONLY);
    if (fd < 0)
        return -1;
    int64_t got = file_read(fd, bytes, count, sizeof(struct session_file));
    file_close(fd, 0);
    return got;
}

int
session_write(const char *path, const struct session_file *file)
{
    int fd = open_session(path, O_WRONLY);
    if (fd < 0)
        return -1;
    return file_close(fd, file_write_at(fd, file, sizeof *file, 0));
}

/* How many bytes lie behind the arguments; -1: it can't be told. */
static int64_t
bytes_behind(const char *path, uint64_t *size)
{
    struct session_file file;
    struct file_status status;
    char name[PATH_ROOM];
    if (session_read(path, &file) != 0 ||
        file_path(path, SESSION_FILE, name) != 0 ||
        file_look(name, &status) != 0)
        return -1;
    *size = status.size_bytes;
    uint64_t whole = sizeof file + (uint64_t)file.argv_bytes;
    return *size < whole ? -1 : (int64_t)(*size - whole);
}

void
session_tell_missed(const char *path)
{
    uint64_t size;
    if (bytes_behind(path, &size) < 0 || !file_may_grow(size + 1))
        return;
    int fd = open_session(path, O_WRONLY | O_APPEND);
    if (fd >= 0)
        file_close(fd, file_write(fd, "", 1));
}

uint32_t
session_count_missed(const char *path)
{
    uint64_t size;
    int64_t count = bytes_behind(path, &size);
    return count > 0 && count < UINT32_MAX ? (uint32_t)count : 0;
}

int
session_close(const char *path, int ended, int wait_status)
{
    struct session_file file;
    if (session_read(path, &file) != 0)
        return -1;
    file.state = SESSION_CLOSED;
    file.end = clock_read((enum spool_clock_kind)file.clock_kind);
    file.ended = ended != 0;
    file.wait_status = ended ? wait_status : 0;
    return session_write(path, &file);
}

int
session_set_end(const char *path, struct spool_clock end)
{
    int fd = open_session(path, O_WRONLY);
    if (fd < 0)
        return -1;
    size_t at = offsetof(struct session_file, end);
    return file_close(fd, file_write_at(fd, &end, sizeof end, at));
}

/* == LOOKING INTO THE FOLDER ================================================ */

struct census {
    size_t count;
    struct {
        uint32_t pid;
        uint64_t exec_start;
    } * seen;
};

/* One process can have written several images, by exec. */
static int
count_once(struct census *census, uint32_t pid, uint64_t exec_start)
{
    for (size_t i = 0; i < census->count; i++)
        if (census->seen[i].pid == pid &&
            census->seen[i].exec_start == exec_start)
            return 0;
    void *seen =
        realloc(census->seen, (census->count + 1) * sizeof *census->seen);
    if (seen == NULL)
        return -1;
    census->seen = seen;
    census->seen[census->count].pid = pid;
    census->seen[census->count++].exec_start = exec_start;
    return 0;
}

/* PROCESS is the first entry of the first meta chunk of an image. */
static int
count_chunk(struct spoolfile *file, const struct spool_chunk *chunk,
            struct census *census)
{
    struct spool_meta_process entry;
    if (chunk->kind != SPOOL_META || chunk->sequence != 0)
        return 0;
    int64_t got = spoolfile_read(file, chunk->offset + chunk->data_offset,
                                 &entry, sizeof entry);
    if (got < 0)
        return -1;
    if ((size_t)got < sizeof entry || entry.meta.size_bytes == 0 ||
        entry.meta.type != SPOOL_META_PROCESS ||
        entry.pid == (uint32_t)getpid() ||
        !living_is(entry.pid, entry.exec_start))
        return 0;
    return count_once(census, entry.pid, entry.exec_start);
}

static int
count_file(const char *folder, const char *name, const char *boot_id,
           struct census *census)
{
    struct spoolfile file;
    struct spool_chunk chunk;
    if (spoolfile_open(&file, folder, name) != 0)
        return errno == EINVAL || errno == EPROTONOSUPPORT ? 0 : -1;
    int result = 0, found = 0;
    if (boot_id[0] == '\0' ||
        memcmp(file.header.boot_id, boot_id, sizeof file.header.boot_id) == 0)
        while (result == 0 && (found = spoolfile_next(&file, &chunk)) > 0)
            result = count_chunk(&file, &chunk, census);
    spoolfile_close(&file);
    return result != 0 || found < 0 ? -1 : 0;
}

int
session_count_living(const char *path)
{
    struct spoolfile_names list;
    struct census census = {0, NULL};
    char boot_id[40];
    clock_read_boot(boot_id);
    if (spoolfile_list(path, &list) != 0)
        return -1;
    int result = 0;
    for (size_t i = 0; i < list.count && result == 0; i++)
        result = count_file(path, list.names[i], boot_id, &census);
    spoolfile_list_free(&list);
    free(census.seen);
    return result == 0 ? (int)census.count : -1;
}

int
session_lives_in(const char *path, const char *spool)
{
    struct census census = {0, NULL};
    char boot_id[40];
    clock_read_boot(boot_id);
    int result = count_file(path, spool, boot_id, &census);
    free(census.seen);
    return result == 0 ? (int)census.count : -1;
}

static int
stopped_in(const char *folder, const char *name)
{
    struct spoolfile file;
    if (spoolfile_open(&file, folder, name) != 0)
        return 0;
    int cause = file.header.stopped_ns ? (int)file.header.stopped_cause : 0;
    spoolfile_close(&file);
    return cause;
}

int
session_stopped(const char *path)
{
    struct spoolfile_names list;
    int cause = 0;
    if (spoolfile_list(path, &list) != 0)
        return 0;
    for (size_t i = 0; i < list.count && cause == 0; i++)
        cause = stopped_in(path, list.names[i]);
    spoolfile_list_free(&list);
    return cause;
}

static void
trim(const char *path)
{
    struct spool_header header;
    struct file_status status;
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return;
    if (file_read(fd, &header, sizeof header, 0) == (int64_t)sizeof header &&
        memcmp(header.magic, SPOOL_MAGIC, sizeof header.magic) == 0 &&
        header.allocated >= sizeof header && file_look_open(fd, &status) == 0 &&
        header.allocated < status.size_bytes &&
        ftruncate(fd, (off_t)header.allocated) != 0)
        errno = 0; /* an untrimmed spool is as good */
    close(fd);
}

void
session_trim(const char *path)
{
    struct spoolfile_names list;
    char file[PATH_ROOM];
    if (spoolfile_list(path, &list) != 0)
        return;
    for (size_t i = 0; i < list.count; i++)
        if (file_path(path, list.names[i], file) == 0)
            trim(file);
    spoolfile_list_free(&list);
}

/* A folder that holds anything else stays: rmdir refuses it. */
int
session_remove(const char *path)
{
    struct spoolfile_names list;
    char file[PATH_ROOM];
    if (spoolfile_list(path, &list) != 0)
        return -1;
    for (size_t i = 0; i < list.count; i++)
        if (file_path(path, list.names[i], file) == 0)
            unlink(file);
    spoolfile_list_free(&list);
    if (file_path(path, CONTROL_FILE, file) == 0)
        unlink(file);
    if (file_path(path, METER_FILE, file) == 0)
        unlink(file);
    if (file_path(path, SESSION_FILE, file) == 0)
        unlink(file);
    return rmdir(path);
}
