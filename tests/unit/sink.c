/* SPDX-License-Identifier: Apache-2.0
 *
 * sink.c: an output appears whole or not at all.
 */
#include "formats/base/sink.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/unit/tap.h"

static char path[512];

static const char *
at(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", tap_scratch(), name);
    return path;
}

static long long
size_of(const char *name)
{
    struct stat status;
    return stat(at(name), &status) == 0 ? (long long)status.st_size : -1;
}

static int
count_files(void)
{
    int count = 0;
    DIR *folder = opendir(tap_scratch());
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count +=
            strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(folder);
    return count;
}

static void
read_back(const char *name, char *bytes, size_t room)
{
    int fd = open(at(name), O_RDONLY | O_CLOEXEC);
    ssize_t got = read(fd, bytes, room - 1);
    bytes[got > 0 ? got : 0] = '\0';
    close(fd);
}

static void
test_whole(void)
{
    struct sink sink;
    char bytes[64];
    sink_open(&sink, at("whole"));
    sink_puts(&sink, "a ");
    sink_decimal(&sink, 0);
    sink_puts(&sink, " ");
    sink_decimal(&sink, UINT64_MAX);
    memcpy(sink_reserve(&sink, 4), " bcd", 4);
    sink_advance(&sink, 3);
    tap_equal("nothing is there before the end", size_of("whole"), -1);
    tap_equal("an output is closed", sink_close(&sink), 0);
    read_back("whole", bytes, sizeof bytes);
    tap_same("an output is whole", bytes, "a 0 18446744073709551615 bc");
    tap_equal("nothing else is left", count_files(), 1);
}

static void
test_large(void)
{
    static char block[1000000];
    struct sink sink;
    sink_open(&sink, at("large"));
    for (int i = 0; i < 7; i++) {
        sink_write(&sink, block, 1 + (size_t)i * 100001);
        sink_write(&sink, block, 3);
    }
    sink_write(&sink, block, sizeof block);
    tap_equal("large blocks pass", sink_close(&sink), 0);
    tap_equal("large blocks are whole", size_of("large"),
              7 + 21 * 100001 + 21 + 1000000);
}

static void
test_abandon(void)
{
    struct sink sink;
    int before = count_files();
    sink_open(&sink, at("abandoned"));
    sink_puts(&sink, "x");
    sink_abandon(&sink);
    tap_equal("what is abandoned leaves nothing", count_files(), before);
}

static void
test_replace(void)
{
    struct sink sink;
    sink_open(&sink, at("whole"));
    sink_puts(&sink, "new");
    tap_equal("the old output stays until the end", size_of("whole"), 27);
    sink_close(&sink);
    tap_equal("then it is replaced", size_of("whole"), 3);
    chmod(at("whole"), 0600);
    sink_open(&sink, at("whole"));
    sink_close(&sink);
    struct stat status;
    stat(at("whole"), &status);
    tap_equal("its mode stays", status.st_mode & 0777, 0600);
}

static void
test_symlink(void)
{
    struct sink sink;
    struct stat status;
    if (symlink("whole", at("link")) != 0)
        printf("# no symlinks here\n");
    sink_open(&sink, at("link"));
    sink_puts(&sink, "12345");
    sink_close(&sink);
    tap_equal("a symlink's target is written", size_of("whole"), 5);
    lstat(at("link"), &status);
    tap_ok(S_ISLNK(status.st_mode), "the symlink stays");
}

static void
test_failures(void)
{
    struct sink sink;
    tap_ok(sink_open(&sink, at("no/such/folder")) < 0 && errno == ENOENT,
           "a folder that is not there fails at once");
    tap_ok(sink_open(&sink, tap_scratch()) < 0 && errno == EISDIR,
           "a folder is no output");
    sink_open(&sink, "/dev/full");
    sink_puts(&sink, "x");
    tap_ok(sink_close(&sink) < 0 && errno == ENOSPC, "a full disk is said");
}

/* The limit's signal would end the process; its default action is in place. */
static void
test_size_limit(void)
{
    struct rlimit limit, small;
    struct sink sink;
    static char block[300000];
    int before = count_files();
    getrlimit(RLIMIT_FSIZE, &limit);
    small = limit;
    small.rlim_cur = 500000;
    setrlimit(RLIMIT_FSIZE, &small);
    sink_open(&sink, at("limited"));
    for (int i = 0; i < 4; i++)
        sink_write(&sink, block, sizeof block);
    int result = sink_close(&sink), cause = errno;
    setrlimit(RLIMIT_FSIZE, &limit);
    tap_ok(result < 0 && cause == EFBIG, "a file size limit is no signal");
    tap_equal("and leaves nothing", count_files(), before);
}

int
main(void)
{
    test_whole();
    test_large();
    test_abandon();
    test_replace();
    test_symlink();
    test_failures();
    test_size_limit();
    return tap_done();
}
