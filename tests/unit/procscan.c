/* SPDX-License-Identifier: Apache-2.0
 *
 * procscan.c: tests how the processes of a session are told from others.
 */
#include "launcher/run/procscan.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/tap.h"

static struct procscan scan;

/* The path of that folder or file in the scratch folder. */
static const char *
place(const char *name)
{
    static char path[2][600];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", tap_scratch(), name);
    return path[turn];
}

static void
make_file(const char *name)
{
    int fd = open(place(name), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, 4096) != 0)
        abort();
    close(fd);
}

/* A child that has the file mapped when this returns. */
static pid_t
start_mapping(const char *name)
{
    int ready[2], fd = open(place(name), O_RDWR | O_CLOEXEC);
    char byte;
    if (fd < 0 || pipe(ready) != 0)
        abort();
    pid_t pid = fork();
    if (pid == 0) {
        void *mapping =
            mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        _exit(mapping == MAP_FAILED || write(ready[1], "", 1) != 1 || pause());
    }
    close(fd);
    close(ready[1]);
    if (read(ready[0], &byte, 1) != 1)
        abort();
    close(ready[0]);
    return pid;
}

/* A child that has become another program with the variable set. */
static pid_t
start_carrying(const char *session)
{
    int ready[2];
    char byte;
    if (pipe2(ready, O_CLOEXEC) != 0)
        abort();
    pid_t pid = fork();
    if (pid == 0) {
        setenv("CODESNAP_SESSION", session, 1);
        execlp("sleep", "sleep", "60", (char *)NULL);
        _exit(127);
    }
    close(ready[1]); /* closed there too, once it is executed */
    if (read(ready[0], &byte, 1) != 0)
        abort();
    close(ready[0]);
    return pid;
}

static void
end(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void
test_mapping(void)
{
    pid_t pid = start_mapping("there/1-a.spool");
    procscan_begin(&scan, place("here"));
    tap_equal("a process with a spool of another session is not counted",
              (long long)procscan_look(&scan, PROCSCAN_WRITES), 0);
    if (link(place("there/1-a.spool"), place("here/1-a.spool")) != 0)
        abort();
    tap_equal("one with a spool of this session is, whatever path it sees",
              (long long)procscan_look(&scan, PROCSCAN_WRITES), 1);
    tap_ok(scan.count == 1 && scan.list[0] == pid, "it is that one");
    tap_equal("it carries no session",
              (long long)procscan_look(&scan, PROCSCAN_CARRIES), 0);
    kill(pid, SIGKILL);
    waitid(P_PID, (id_t)pid, &(siginfo_t){0}, WEXITED | WNOWAIT);
    tap_equal("a zombie is not counted",
              (long long)procscan_look(&scan, PROCSCAN_WRITES), 0);
    end(pid);
    procscan_end(&scan);
}

static void
test_carrying(void)
{
    procscan_begin(&scan, place("here"));
    pid_t other = start_carrying(place("here.1"));
    tap_equal("a process that carries another session is not counted",
              (long long)procscan_look(&scan, PROCSCAN_CARRIES), 0);
    pid_t pid = start_carrying(place("here"));
    procscan_look(&scan, PROCSCAN_CARRIES);
    tap_ok(scan.count == 1 && scan.list[0] == pid,
           "one that carries this one is");
    tap_equal("it writes into none",
              (long long)procscan_look(&scan, PROCSCAN_WRITES), 0);
    end(pid);
    end(other);
    procscan_end(&scan);
}

static void
test_company(void)
{
    pid_t ours[2] = {getpid(), 0};
    setpgid(0, 0);
    procscan_begin(&scan, place("here"));
    tap_ok(!procscan_has_company(&scan, getpgrp(), ours),
           "a group of our own is ours alone");
    pid_t pid = start_carrying(place("here"));
    tap_ok(procscan_has_company(&scan, getpgrp(), ours),
           "another process in it is company");
    procscan_look(&scan, PROCSCAN_CARRIES);
    tap_ok(!procscan_has_company(&scan, getpgrp(), ours),
           "unless it is a member");
    end(pid);
    procscan_end(&scan);
}

int
main(void)
{
    mkdir(place("here"), 0700);
    mkdir(place("there"), 0700);
    make_file("there/1-a.spool");
    test_mapping();
    test_carrying();
    test_company();
    return tap_done();
}
