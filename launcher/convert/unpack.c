/* SPDX-License-Identifier: Apache-2.0
 *
 * unpack.c: reads as much of tar as a session folder needs: plain files, the
 * long names of GNU and POSIX, and GNU's sparse files, since the spool of a
 * program that still runs is one.  What is no part of a session is passed over.
 */
#include "launcher/convert/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/base/file.h"
#include "formats/spool/session.h"
#include "launcher/support/message.h"
#include "launcher/support/verb.h"

enum {
    BLOCK = 512,
    PIECE = 1 << 16,
    SPARSE_FIRST = 386, /* where the pieces are listed in a header */
    SPARSE_MORE = 482,
    SPARSE_SIZE = 483,
    EXTENSION_MORE = 504
};

struct unpack {
    char folder[PATH_MAX];
    char name[PATH_MAX];   /* of the next member, if it has a long one */
    char parent[PATH_MAX]; /* the folder, in the archive, of what was taken */
    int fd;                /* the file that is being written, or -1 */
    unsigned taken;
    bool cut; /* the archive ends too early */
};

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

static int
fail(const char *what)
{
    message_say("standard input: %s", what);
    return STATUS_FAILED;
}

/* == FILES ================================================================= */

/* Zeros are left out, so that a sparse file stays one. */
static int
store(struct unpack *unpack, const char *bytes, size_t count, uint64_t offset)
{
    if (unpack->fd < 0 || count == 0 ||
        (bytes[0] == 0 && memcmp(bytes, bytes + 1, count - 1) == 0))
        return 0;
    return file_write_at(unpack->fd, bytes, count, offset);
}

/* count bytes of the archive, padded to whole blocks, to the offset. */
static int
copy(struct unpack *unpack, uint64_t offset, uint64_t count, bool pad)
{
    static char piece[PIECE];
    uint64_t left = pad ? (count + BLOCK - 1) / BLOCK * BLOCK : count;
    while (left > 0) {
        size_t want = left < PIECE ? (size_t)left : PIECE;
        size_t got = read_input(piece, want);
        size_t use = got < count ? got : (size_t)count;
        if (store(unpack, piece, use, offset) != 0)
            return -1;
        offset += use;
        count -= use;
        left -= got;
        unpack->cut = got < want;
        if (unpack->cut)
            return 0;
    }
    return 0;
}

static bool
is_wanted(const char *name)
{
    size_t length = strlen(name), suffix = strlen(SPOOL_SUFFIX);
    return strcmp(name, SESSION_FILE) == 0 ||
           (length > suffix &&
            strcmp(name + length - suffix, SPOOL_SUFFIX) == 0);
}

static int
create(struct unpack *unpack, const char *name, uint64_t size)
{
    char path[PATH_MAX + 256];
    snprintf(path, sizeof path, "%s/%s", unpack->folder, name);
    unpack->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (unpack->fd < 0 || ftruncate(unpack->fd, (off_t)size) != 0)
        return -1;
    unpack->taken++;
    return 0;
}

static int
close_file(struct unpack *unpack, int result)
{
    if (unpack->fd >= 0 && close(unpack->fd) != 0)
        result = -1;
    unpack->fd = -1;
    return result;
}

/* == TAR =================================================================== */

/* Octal digits, or GNU's 256-based number. */
static uint64_t
number(const char *field, size_t bytes)
{
    uint64_t value = 0;
    if ((unsigned char)field[0] == 0x80) {
        for (size_t i = bytes - 8; i < bytes; i++)
            value = value << 8 | (unsigned char)field[i];
        return value;
    }
    for (size_t i = 0; i < bytes; i++)
        if (field[i] >= '0' && field[i] <= '7')
            value = value << 3 | (uint64_t)(field[i] - '0');
    return value;
}

static bool
is_header(const char block[BLOCK])
{
    unsigned sum = 8 * ' ';
    for (int i = 0; i < BLOCK; i++)
        sum += i >= 148 && i < 156 ? 0 : (unsigned char)block[i];
    return sum == number(block + 148, 8);
}

static bool
is_end(const char block[BLOCK])
{
    return block[0] == 0 && memcmp(block, block + 1, BLOCK - 1) == 0;
}

struct piece {
    uint64_t offset, count;
};

static size_t
list_pieces(const char *at, size_t most, struct piece *pieces, size_t count,
            size_t room)
{
    for (size_t i = 0; i < most && count < room; i++, at += 24) {
        if (*at == 0)
            break;
        pieces[count++] = (struct piece){number(at, 12), number(at + 12, 12)};
    }
    return count;
}

static int
copy_sparse(struct unpack *unpack, const char header[BLOCK])
{
    enum {
        ROOM = 1 << 16
    };
    static struct piece pieces[ROOM];
    char block[BLOCK];
    size_t count = list_pieces(header + SPARSE_FIRST, 4, pieces, 0, ROOM);
    bool more = header[SPARSE_MORE] != 0;
    while (more && read_input(block, BLOCK) == BLOCK) {
        count = list_pieces(block, 21, pieces, count, ROOM);
        more = block[EXTENSION_MORE] != 0;
    }
    uint64_t total = 0;
    for (size_t i = 0; i < count && !unpack->cut; i++) {
        total += pieces[i].count;
        if (copy(unpack, pieces[i].offset, pieces[i].count, false) != 0)
            return -1;
    }
    return copy(unpack, 0, (BLOCK - total % BLOCK) % BLOCK, false);
}

/* The member's path into unpack->name, unless a long one is there. */
static void
take_name(struct unpack *unpack, const char header[BLOCK])
{
    bool posix = memcmp(header + 257, "ustar", 6) == 0;
    if (*unpack->name != '\0')
        return;
    if (posix && header[345] != '\0')
        snprintf(unpack->name, sizeof unpack->name, "%.155s/%.100s",
                 header + 345, header);
    else
        snprintf(unpack->name, sizeof unpack->name, "%.100s", header);
}

/* GNU has the name alone, POSIX a line "LENGTH path=NAME". */
static int
read_long_name(struct unpack *unpack, uint64_t size, bool posix)
{
    char text[PATH_MAX + BLOCK] = "";
    size_t whole = (size_t)((size + BLOCK - 1) / BLOCK * BLOCK);
    if (size >= PATH_MAX)
        return copy(unpack, 0, size, true);
    unpack->cut = read_input(text, whole) < whole;
    text[size] = '\0';
    char *name = posix ? strstr(text, " path=") : text;
    if (name == NULL)
        return 0;
    name += posix ? strlen(" path=") : 0;
    snprintf(unpack->name, sizeof unpack->name, "%.*s",
             (int)strcspn(name, "\n"), name);
    return 0;
}

/* Whether the file lies in the same folder as those before. */
static bool
is_same_folder(struct unpack *unpack, const char *base)
{
    *(char *)base = '\0';
    if (unpack->taken == 0)
        strcpy(unpack->parent, unpack->name);
    return strcmp(unpack->parent, unpack->name) == 0;
}

/* 0, -1 with errno, or an exit status after a message. */
static int
take_file(struct unpack *unpack, const char header[BLOCK], uint64_t size)
{
    char base[PATH_MAX];
    char *slash = strrchr(unpack->name, '/');
    bool sparse = header[156] == 'S';
    uint64_t real = sparse ? number(header + SPARSE_SIZE, 12) : size;
    snprintf(base, sizeof base, "%s", slash ? slash + 1 : unpack->name);
    if (is_wanted(base)) {
        if (!is_same_folder(unpack, slash ? slash : unpack->name))
            return fail("holds several sessions; give them one by one, or "
                        "unpack them for codesnap merge");
        if (create(unpack, base, real) != 0)
            return close_file(unpack, -1);
    }
    return close_file(unpack, sparse ? copy_sparse(unpack, header)
                                     : copy(unpack, 0, size, true));
}

static int
take_member(struct unpack *unpack, const char header[BLOCK])
{
    uint64_t size = number(header + 124, 12);
    char type = header[156];
    int result;
    if (type == 'L' || type == 'x')
        return read_long_name(unpack, size, type == 'x');
    take_name(unpack, header);
    if (type == '0' || type == '\0' || type == '7' || type == 'S')
        result = take_file(unpack, header, size);
    else
        result = copy(unpack, 0, size, true);
    *unpack->name = '\0';
    return result;
}

static int
take_archive(struct unpack *unpack, char header[BLOCK])
{
    while (!is_end(header)) {
        if (!is_header(header))
            return fail("is no tar archive, or a damaged one");
        int result = take_member(unpack, header);
        if (result != 0)
            return result;
        if (unpack->cut || read_input(header, BLOCK) != BLOCK) {
            message_say("standard input: the archive is cut off; going on "
                        "with what there is of it");
            break;
        }
    }
    copy(unpack, 0, UINT64_MAX / 2, false); /* tar wants all of it read */
    return unpack->taken > 0
               ? 0
               : fail("no session is in it; make it by: tar cS -C FOLDER "
                      "OUTPUT.codesnap");
}

/* == EITHER ================================================================ */

static int
take_spool(struct unpack *unpack, const char *begin, size_t bytes)
{
    if (create(unpack, "0-input" SPOOL_SUFFIX, 0) != 0 ||
        store(unpack, begin, bytes, 0) != 0)
        return close_file(unpack, -1);
    int result = copy(unpack, bytes, UINT64_MAX / 2, false);
    unpack->cut = false;
    return close_file(unpack, result);
}

static int
take_input(struct unpack *unpack)
{
    char begin[BLOCK];
    size_t bytes = read_input(begin, sizeof begin);
    if (bytes >= 8 && memcmp(begin, SPOOL_MAGIC, 8) == 0)
        return take_spool(unpack, begin, bytes);
    if (bytes == 0)
        return fail("is empty; a session comes by: tar cS -C FOLDER "
                    "OUTPUT.codesnap | codesnap convert - -o OUTPUT");
    if (memcmp(begin, "\x1f\x8b", 2) == 0 || memcmp(begin, "\x28\xb5", 2) == 0)
        return fail("is compressed; unpack it before, as by: gzip -dc");
    if (bytes < BLOCK)
        return fail("is no tar archive of a session, and no spool");
    return take_archive(unpack, begin);
}

static int
make_folder(struct unpack *unpack)
{
    const char *base = getenv("TMPDIR");
    snprintf(unpack->folder, sizeof unpack->folder, "%s/codesnap-XXXXXX",
             base && *base ? base : "/tmp");
    return mkdtemp(unpack->folder) ? 0 : -1;
}

int
unpack_input(char **path)
{
    static struct unpack unpack;
    unpack = (struct unpack){.fd = -1};
    *path = NULL;
    if (isatty(STDIN_FILENO))
        return fail("is a terminal; a session comes by: tar cS -C FOLDER "
                    "OUTPUT.codesnap | codesnap convert - -o OUTPUT");
    int result = make_folder(&unpack);
    if (result == 0)
        result = take_input(&unpack);
    if (result < 0) {
        message_say("%s: can't be written: %s", unpack.folder, strerror(errno));
        result = STATUS_FAILED;
    }
    if (result == 0 && (*path = strdup(unpack.folder)))
        return 0;
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
