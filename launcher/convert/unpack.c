/* SPDX-License-Identifier: Apache-2.0
 *
 * unpack.c: tar itself unpacks what tar has packed, in a process of its own and
 * a folder that is empty.  What of it is a session is taken out of there; the
 * rest goes with that folder.
 */
#define _GNU_SOURCE
#include "launcher/convert/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "formats/base/file.h"
#include "formats/spool/meter.h"
#include "formats/spool/session.h"
#include "launcher/support/message.h"
#include "launcher/support/verb.h"

enum {
    PIECE = 1 << 16
};

#define HOW_TO "tar cS -C FOLDER OUTPUT.codesnap | codesnap convert - -o OUTPUT"

/* What is unpacked: one at a time, since nftw takes no context. */
static struct {
    char folder[PATH_MAX];      /* the session */
    char inside[PATH_MAX + 8];  /* what tar makes, in that */
    char parent[PATH_MAX + 64]; /* where in there the session was */
    unsigned taken;             /* files of it */
    bool several;               /* there are others elsewhere */
} unpack;

static int
fail(const char *what)
{
    message_say("standard input: %s", what);
    return STATUS_FAILED;
}

/* == STANDARD INPUT ======================================================== */

static size_t
read_input(void *bytes, size_t count)
{
    size_t have = 0;
    while (have < count) {
        ssize_t got = read(STDIN_FILENO, (char *)bytes + have, count - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        have += (size_t)got;
    }
    return have;
}

/* The count bytes that were read already, and all that follow, as far as the
 * other side wants them; who sends them must be read to the end in any case. */
static void
pass_on(int fd, char piece[PIECE], size_t count)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGPIPE, &ignore, &before);
    do {
        for (size_t done = 0; done < count && fd >= 0;) {
            ssize_t got = write(fd, piece + done, count - done);
            if (got < 0 && errno != EINTR) {
                close(fd);
                fd = -1;
            }
            done += got > 0 ? (size_t)got : 0;
        }
        count = read_input(piece, PIECE);
    } while (count > 0);
    if (fd >= 0)
        close(fd);
    sigaction(SIGPIPE, &before, NULL);
}

/* == TAR =================================================================== */

/* The option for what the archive was compressed by; tar can't look into a
 * pipe by itself. */
static const char *
compression(const char *begin)
{
    static const struct {
        const char *magic;
        size_t count;
        const char *option;
    } known[] = {
        {"\x1f\x8b", 2, "--gzip"},
        {"BZh", 3, "--bzip2"},
        {"\xfd"
         "7zXZ",
         5, "--xz"},
        {"\x28\xb5\x2f\xfd", 4, "--zstd"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (memcmp(begin, known[i].magic, known[i].count) == 0)
            return known[i].option;
    return NULL;
}

/* It reads from input and complains to said, in English.  Only what can be of a
 * session is unpacked, and nobody else's rights come with it. */
static int
start_tar(pid_t *pid, int input, int said, const char *option)
{
    const char *arguments[] = {
        "env",
        "LC_ALL=C",
        "tar",
        "-x",
        "-C",
        unpack.inside,
        "--wildcards",
        "--no-anchored",
        "--no-same-owner",
        "--file=-",
        "--no-same-permissions",
        "[sm]e[st][se]*", /* SESSION_FILE, and METER_FILE where it is there */
        "*" SPOOL_SUFFIX,
        option,
        NULL,
    };
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, said, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, said, STDERR_FILENO);
    int cause = posix_spawnp(pid, "env", &actions, NULL,
                             (char *const *)arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return cause;
}

/* The first line of what it said, without its name. */
static void
read_said(int said, char *words, size_t room)
{
    int64_t got = file_read(said, words, room - 1, 0);
    words[got > 0 ? got : 0] = '\0';
    words[strcspn(words, "\n")] = '\0';
    if (strncmp(words, "tar: ", 5) == 0)
        memmove(words, words + 5, strlen(words) - 4);
}

/* Unpack all; words is what tar has against it, or "".  0, or -1 with errno. */
static int
run_tar(char piece[PIECE], size_t count, char *words, size_t room)
{
    int ends[2], status = 0;
    int said = memfd_create("tar", MFD_CLOEXEC);
    pid_t pid;
    if (said < 0 || pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    errno = start_tar(&pid, ends[0], said, compression(piece));
    close(ends[0]);
    if (errno != 0)
        return -1;
    pass_on(ends[1], piece, count);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    read_said(said, words, room);
    close(said);
    if (status == 0)
        words[0] = '\0';
    return 0;
}

/* == WHAT IS IN IT ========================================================= */

static bool
is_wanted(const char *name)
{
    size_t length = strlen(name), suffix = strlen(SPOOL_SUFFIX);
    return strcmp(name, SESSION_FILE) == 0 || strcmp(name, METER_FILE) == 0 ||
           (length > suffix &&
            strcmp(name + length - suffix, SPOOL_SUFFIX) == 0);
}

static int
take_file(const char *path, const char *name)
{
    char to[PATH_MAX + 256];
    int parent = (int)(name - path);
    if (unpack.taken == 0)
        snprintf(unpack.parent, sizeof unpack.parent, "%.*s", parent, path);
    if ((size_t)parent != strlen(unpack.parent) ||
        memcmp(path, unpack.parent, (size_t)parent) != 0) {
        unpack.several = true;
        return unlink(path);
    }
    unpack.taken++;
    snprintf(to, sizeof to, "%s/%s", unpack.folder, name);
    return rename(path, to);
}

/* Plain files alone are taken: a link could lead anywhere. */
static int
take_or_remove(const char *path, const struct stat *status, int kind,
               struct FTW *where)
{
    const char *name = path + where->base;
    if (kind == FTW_F && S_ISREG(status->st_mode) && is_wanted(name))
        return take_file(path, name);
    return remove(path);
}

/* 0, -1 with errno, or an exit status after a message. */
static int
take_archive(char piece[PIECE], size_t count)
{
    char words[256] = "";
    if (mkdir(unpack.inside, 0700) != 0 ||
        run_tar(piece, count, words, sizeof words) != 0 ||
        nftw(unpack.inside, take_or_remove, 16, FTW_DEPTH | FTW_PHYS) != 0)
        return -1;
    if (unpack.several)
        return fail("holds several sessions; give them one by one, or unpack "
                    "them for codesnap merge");
    if (unpack.taken > 0 && *words)
        message_say("standard input: the archive is cut off or damaged (%s); "
                    "using what is there",
                    words);
    else if (unpack.taken == 0 && strstr(words, "Not found in archive"))
        fail("no session is in it; make it by: " HOW_TO);
    else if (unpack.taken == 0)
        message_say("standard input: neither a tar archive of a session nor a "
                    "spool (%s)",
                    words);
    return unpack.taken == 0 ? STATUS_FAILED : 0;
}

/* == EITHER ================================================================ */

static int
take_spool(char piece[PIECE], size_t count)
{
    char path[PATH_MAX + 256];
    snprintf(path, sizeof path, "%s/0-input" SPOOL_SUFFIX, unpack.folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    uint64_t at = 0;
    if (fd < 0)
        return -1;
    for (; count > 0; at += count, count = read_input(piece, PIECE))
        if (file_write_at(fd, piece, count, at) != 0)
            break;
    return close(fd) != 0 || count > 0 ? -1 : 0;
}

static int
take_input(void)
{
    static char piece[PIECE];
    size_t count = read_input(piece, PIECE);
    if (count >= 8 && memcmp(piece, SPOOL_MAGIC, 8) == 0)
        return take_spool(piece, count);
    if (count == 0)
        return fail("is empty; pipe a session into it: " HOW_TO);
    return take_archive(piece, count);
}

static int
make_folder(void)
{
    const char *base = getenv("TMPDIR");
    snprintf(unpack.folder, sizeof unpack.folder, "%s/codesnap-XXXXXX",
             base && *base ? base : "/tmp");
    if (!mkdtemp(unpack.folder))
        return -1;
    snprintf(unpack.inside, sizeof unpack.inside, "%s/tar", unpack.folder);
    return 0;
}

int
unpack_input(char **path)
{
    *path = NULL;
    if (isatty(STDIN_FILENO))
        return fail("is a terminal; pipe a session into it: " HOW_TO);
    unpack.taken = 0;
    unpack.several = false;
    int result = make_folder();
    if (result == 0)
        result = take_input();
    if (result < 0) {
        message_say("%s: can't be written: %s", unpack.folder, strerror(errno));
        result = STATUS_FAILED;
    }
    if (result == 0 && (*path = strdup(unpack.folder)))
        return 0;
    rmdir(unpack.inside);
    session_remove(unpack.folder);
    return result ? result : STATUS_FAILED;
}

void
unpack_remove(char *path)
{
    if (path)
        session_remove(path);
    free(path);
}
