/* SPDX-License-Identifier: Apache-2.0
 *
 * enter.c: a Python of another Debian, as if it were installed here.  Copied
 * to BUILD/pythons/python3.14 and so on, it becomes ROOT's /usr/bin/python3.14
 * in a mount namespace of its own: this checkout, the temporary folders and
 * the home folder are at the same paths there.  Same process, same
 * environment, same working folder, nothing left behind.  Needs root.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#if !defined(ROOT) || !defined(CHECKOUT) || !defined(BUILT)
#    error "the Makefile defines ROOT, CHECKOUT and BUILT"
#endif

static const char *const visible[] = {
    "/dev",     "/proc", "/sys",  "/run",   "/tmp",
    "/var/tmp", "/home", "/root", CHECKOUT, BUILT,
};

static void
fail(const char *what)
{
    fprintf(stderr, "enter: %s: %s\n", what, strerror(errno));
    exit(125);
}

/* mkdir -p */
static void
make_folder(char *path)
{
    for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(path, 0755);
        *slash = '/';
    }
    mkdir(path, 0755);
}

static void
show(const char *path)
{
    char inside[PATH_MAX];
    snprintf(inside, sizeof inside, "%s%s", ROOT, path);
    if (access(path, F_OK) != 0)
        return;
    make_folder(inside);
    if (mount(path, inside, NULL, MS_BIND | MS_REC, NULL) != 0)
        fail(inside);
}

static const char *
own_name(char *path, size_t path_bytes)
{
    ssize_t length = readlink("/proc/self/exe", path, path_bytes - 1);
    if (length < 0)
        fail("/proc/self/exe");
    path[length] = '\0';
    return strrchr(path, '/') + 1;
}

int
main(int argc, char **argv)
{
    char self[PATH_MAX], folder[PATH_MAX], program[PATH_MAX];
    (void)argc;
    snprintf(program, sizeof program, "/usr/bin/%s",
             own_name(self, sizeof self));
    if (!getcwd(folder, sizeof folder))
        fail("working folder");
    if (unshare(CLONE_NEWNS) != 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        fail("mount namespace");
    for (size_t i = 0; i < sizeof visible / sizeof *visible; i++)
        show(visible[i]);
    if (chroot(ROOT) != 0 || chdir(folder) != 0)
        fail(ROOT);
    argv[0] = program;
    execv(program, argv);
    fail(program);
}
