/* SPDX-License-Identifier: Apache-2.0
 *
 * session.c: tests of the session folder: made once, found, closed, removed.
 */
#include "formats/spool/session.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "formats/spool/clock.h"
#include "formats/spool/sessiondir.h"
#include "tests/unit/forge.h"
#include "tests/unit/tap.h"

static char output[512];
static char folder[1024];
static char *arguments[] = {(char[]){"python3"}, (char[]){"a b.py"}, NULL};

static int
create(const char *name)
{
    snprintf(output, sizeof output, "%s/%s", tap_scratch(), name);
    return session_create(output, NULL, 2, arguments, folder, sizeof folder);
}

static bool
ends_in(const char *suffix)
{
    size_t length = strlen(folder), tail = strlen(suffix);
    return length > tail && strcmp(folder + length - tail, suffix) == 0;
}

static void
test_create(void)
{
    struct stat status;
    struct session_file file;
    char bytes[64];
    tap_equal("a session is made", create("a.html"), 0);
    tap_ok(ends_in("/a.html.codesnap"), "it lies beside the output");
    stat(folder, &status);
    tap_equal("it is the user's alone", status.st_mode & 07777, 0700);
    tap_equal("it can be read", session_read(folder, &file), 0);
    tap_ok(file.state == SESSION_OPEN && file.begin.ticks != 0 &&
               file.end.ticks == 0 && file.boot_id[0] != '\0',
           "it is open, with the clock at its begin");
    session_read_arguments(folder, bytes, sizeof bytes);
    tap_ok(file.argc == 2 && file.argv_bytes == 15 &&
               memcmp(bytes, "python3\0a b.py", 15) == 0,
           "it holds the command");
}

static void
test_numbers(void)
{
    create("a.html");
    tap_ok(ends_in("/a.html.codesnap.1"), "a stale session does not block");
    snprintf(output, sizeof output, "%s/b.html.codesnap", tap_scratch());
    if (symlink("/nowhere", output) != 0)
        printf("# no symlinks here\n");
    create("b.html");
    tap_ok(ends_in("/b.html.codesnap.1"), "nor does a symlink");
}

static void
test_places(void)
{
    char path[1024];
    setenv("TMPDIR", tap_scratch(), 1);
    unsetenv("XDG_RUNTIME_DIR");
    sessiondir_choose("/dev/null", NULL, path, sizeof path);
    snprintf(output, sizeof output, "%s/null.codesnap", tap_scratch());
    tap_same("a device's session is a temporary one", path, output);
    sessiondir_choose("/proc/self/x.json", NULL, path, sizeof path);
    snprintf(output, sizeof output, "%s/x.json.codesnap", tap_scratch());
    tap_same("so is one that no disk would hold", path, output);
    sessiondir_choose("/a/b.json", "/c/", path, sizeof path);
    tap_same("a spool directory is obeyed", path, "/c/b.json.codesnap");
    if (chdir("/usr") != 0)
        printf("# no /usr\n");
    sessiondir_choose("b.json", NULL, path, sizeof path);
    tap_same("the path is absolute", path, "/usr/b.json.codesnap");
    sessiondir_choose("bin/b.json", "x", path, sizeof path);
    tap_same("the spool directory too", path, "/usr/x/b.json.codesnap");
}

static void
test_failures(void)
{
    tap_ok(create("no/such/a.html") < 0 && errno == ENOENT,
           "a folder that is not there fails");
    tap_ok(strstr(folder, "no/such/a.html") != NULL, "and is named");
    struct session_file file;
    tap_ok(session_read(tap_scratch(), &file) < 0, "no session, no file");
}

static void
test_close(void)
{
    struct session_file file;
    create("c.html");
    session_close(folder, 1, 256);
    session_read(folder, &file);
    tap_ok(file.state == SESSION_CLOSED && file.ended == 1 &&
               file.wait_status == 256 && file.end.ticks > file.begin.ticks,
           "a closed session has its end and its status");
}

static void
test_remove(void)
{
    struct stat status;
    char path[1100];
    create("d.html");
    snprintf(path, sizeof path, "%s/mine", folder);
    forge_write(path, "x", 1);
    tap_ok(session_remove(folder) < 0 && stat(path, &status) == 0,
           "what is not ours is not removed");
    unlink(path);
    tap_ok(session_remove(folder) == 0 && stat(folder, &status) != 0,
           "an empty folder is");
}

/* A spool that says it is of that process on this boot. */
static void
forge_living(uint32_t pid, uint64_t exec_start)
{
    struct forge forge;
    char path[1100];
    forge_begin(&forge);
    clock_read_boot(forge_header(&forge)->boot_id);
    forge_open_process(&forge, (struct forge_process){.pid = pid});
    struct spool_meta_process *entry =
        (void *)(forge.bytes + forge.chunk + sizeof(struct spool_chunk));
    entry->exec_start = exec_start;
    snprintf(path, sizeof path, "%s/%u-%u.spool", folder, pid,
             (unsigned)exec_start);
    forge_write(path, forge.bytes, forge.used);
    forge_free(&forge);
}

static void
test_living(void)
{
    create("e.html");
    forge_living(1, 0);
    forge_living((uint32_t)getpid(), 0);
    tap_equal("a living process is counted, not the caller",
              session_count_living(folder), 1);
    forge_living(1, 12345);
    tap_equal("an older process with its pid is not",
              session_count_living(folder), 1);
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    siginfo_t info;
    waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
    forge_living((uint32_t)child, 0);
    tap_equal("a zombie does not live", session_count_living(folder), 1);
    waitpid(child, NULL, 0);
    tap_equal("nor does what has ended", session_count_living(folder), 1);
    tap_ok(session_count_living("/nowhere") < 0, "no folder, no count");
}

static void
test_trim(void)
{
    struct forge forge;
    struct stat status;
    char path[1100];
    create("f.html");
    forge_simple(&forge);
    forge_save(&forge, folder);
    snprintf(path, sizeof path, "%s/100-abc.spool", folder);
    if (truncate(path, 1 << 30) != 0)
        printf("# no sparse file here\n");
    session_trim(folder);
    stat(path, &status);
    tap_equal("a spool is cut to what is in it", (long long)status.st_size,
              (long long)forge.used);
    forge_free(&forge);
}

int
main(void)
{
    test_create();
    test_numbers();
    test_places();
    test_failures();
    test_close();
    test_remove();
    test_living();
    test_trim();
    return tap_done();
}
