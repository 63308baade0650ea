/* SPDX-License-Identifier: Apache-2.0
 *
 * target.c: looks, and never decides that something can't be run: that is left
 * to execvp, except for what is not there or not executable at all.
 */
#include "launcher/run/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "formats/base/text.h"
#include "launcher/run/elf.h"
#include "launcher/support/message.h"

/* == WHERE ================================================================= */

static int
executable_error(const char *path)
{
    struct stat status;
    if (stat(path, &status) < 0)
        return errno;
    if (S_ISDIR(status.st_mode))
        return EISDIR;
    return access(path, X_OK) == 0 ? 0 : EACCES;
}

/* As execvp: the first that is executable; EACCES if there were only others. */
static int
search(char *path, const char *command)
{
    const char *directory = getenv("PATH");
    int error = ENOENT;

    for (directory = directory ? directory : "/bin:/usr/bin"; directory;) {
        size_t length = strcspn(directory, ":");
        int wanted = snprintf(path, PATH_MAX, "%.*s%s%s", (int)length,
                              directory, length ? "/" : "", command);
        if (wanted > 0 && wanted < PATH_MAX) {
            int now = executable_error(path);
            if (now == 0)
                return 0;
            error = now == EACCES ? EACCES : error;
        }
        directory = directory[length] ? directory + length + 1 : NULL;
    }
    return error;
}

static int
locate(char *path, const char *command)
{
    if (!strchr(command, '/'))
        return *command ? search(path, command) : ENOENT;
    if (snprintf(path, PATH_MAX, "%s", command) >= PATH_MAX)
        return ENAMETOOLONG;
    return executable_error(path);
}

bool
target_in_path(const char *command)
{
    char path[PATH_MAX];
    return *command && !strchr(command, '/') && search(path, command) == 0;
}

static bool
is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static int
refuse(const char *command, int error)
{
    const char *end = strrchr(command, '.');
    if (is_folder(command))
        error = EISDIR;
    if (error == ENOENT && end && strcmp(end, ".py") == 0)
        message_say("%s: no such file", command);
    else if (error == ENOENT && !strchr(command, '/'))
        message_say("%s: no such command in PATH", command);
    else if (error == EISDIR)
        message_say("%s: is a folder without a __main__.py; name the program "
                    "to run",
                    command);
    else if (error == EACCES)
        message_say("%s: not executable; see chmod +x, or run it by its "
                    "interpreter",
                    command);
    else
        message_say("%s: %s", command, strerror(error));
    return error == ENOENT || error == ENOTDIR ? STATUS_NOT_FOUND
                                               : STATUS_NOT_EXECUTABLE;
}

/* == WHAT ================================================================== */

static char *
next_word(char **rest)
{
    char *word = *rest + strspn(*rest, " \t");
    size_t length = strcspn(word, " \t");
    *rest = word + length + (word[length] != '\0');
    word[length] = '\0';
    return word;
}

/* The command that `env` runs, past its options and assignments. */
static const char *
env_command(char *rest)
{
    char *word = next_word(&rest);
    while (*word == '-' || strchr(word, '='))
        word = strncmp(word, "-S", 2) == 0 && word[2] ? word + 2
                                                      : next_word(&rest);
    return word;
}

/* If the file at path is a script, put what its #! line runs there. */
static bool
follow(char *path)
{
    char line[256 + 1], next[PATH_MAX];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t count = fd < 0 ? -1 : read(fd, line, sizeof line - 1);
    if (fd >= 0)
        close(fd);
    if (count < 3 || line[0] != '#' || line[1] != '!')
        return false;
    line[count] = '\0';
    line[strcspn(line, "\n")] = '\0';
    char *rest = line + 2;
    const char *word = next_word(&rest);
    if (strcmp(text_base(word), "env") == 0)
        word = env_command(rest);
    if (locate(next, word) != 0)
        return false;
    memcpy(path, next, sizeof next);
    return true;
}

/* Where the kernel takes the environment of our kind away: AT_SECURE. */
static bool
is_privileged(const char *path)
{
    struct stat status;
    char capabilities[64];
    if (stat(path, &status) < 0)
        return false;
    if ((status.st_mode & S_ISUID && status.st_uid != getuid()) ||
        (status.st_mode & S_ISGID && status.st_gid != getgid()))
        return true;
    return getuid() != 0 && getxattr(path, "security.capability", capabilities,
                                     sizeof capabilities) > 0;
}

static bool
is_named(const char *path, const char *prefix)
{
    char real[PATH_MAX];
    const char *name = text_base(realpath(path, real) ? real : path);
    return strncmp(name, prefix, strlen(prefix)) == 0;
}

static enum obstacle
obstacle_in(const char *path, const struct elf *elf)
{
    if (!elf->native)
        return OBSTACLE_FOREIGN;
    if (!elf->interpreter)
        return OBSTACLE_STATIC;
    if (strstr(elf->interpreter, "/ld-musl-"))
        return OBSTACLE_MUSL;
    if (is_privileged(path))
        return OBSTACLE_PRIVILEGED;
    if (is_named(path, "pypy") || elf_needs(elf, "libpypy"))
        return OBSTACLE_PYPY;
    if (is_named(path, "python2") || elf_needs(elf, "libpython2."))
        return OBSTACLE_PYTHON2;
    return OBSTACLE_NONE;
}

static void
inspect(struct target *target)
{
    enum {
        LONGEST_CHAIN = 6
    }; /* the kernel follows 5 */
    struct elf elf;

    memcpy(target->image, target->path, sizeof target->path);
    for (int i = 0; i < LONGEST_CHAIN && follow(target->image); i++)
        ;
    if (elf_open(&elf, target->image) < 0)
        return;
    target->obstacle = obstacle_in(target->image, &elf);
    target->sanitized = elf_needs(&elf, "libasan.so");
    elf_close(&elf);
}

int
target_find(struct target *target, const char *command)
{
    *target = (struct target){.command = command};
    int error = locate(target->path, command);
    if (error)
        return refuse(command, error);
    inspect(target);
    return 0;
}

bool
target_refuses(const struct target *target)
{
    return target->obstacle == OBSTACLE_FOREIGN ||
           target->obstacle == OBSTACLE_MUSL;
}

/* == WHY NOT =============================================================== */

static const char *const explanations[] = {
    [OBSTACLE_FOREIGN] = "is for another kind of processor than this codesnap; "
                         "record it with a codesnap that was built for it",
    [OBSTACLE_STATIC] = "is a static executable, into which nothing can be "
                        "loaded; use a dynamically linked Python",
    [OBSTACLE_MUSL] = "is linked with musl, and codesnap needs glibc; use the "
                      "Python of a glibc system, such as Debian's",
    [OBSTACLE_PRIVILEGED] = "gets other privileges (setuid, setgid or "
                            "capabilities) and drops LD_PRELOAD; put codesnap "
                            "run behind it, or use a copy without them",
    [OBSTACLE_PYPY] = "is PyPy, and codesnap records CPython; use CPython 3.6 "
                      "or newer",
    [OBSTACLE_PYTHON2] = "is Python 2; use CPython 3.6 or newer",
};

/* What gives its command another environment, or root's. */
static bool
changes_environment(const struct target *target)
{
    static const char *const changers[] = {
        "env", "sudo", "su", "doas", "runuser", "pkexec", "systemd-run",
    };
    for (size_t i = 0; i < sizeof changers / sizeof *changers; i++)
        if (strcmp(text_base(target->image), changers[i]) == 0)
            return true;
    return false;
}

void
target_explain(const struct target *target, char *text, size_t room)
{
    const char *disable = getenv("CODESNAP_DISABLE");
    if (disable && *disable && strcmp(disable, "0") != 0)
        snprintf(text, room, "CODESNAP_DISABLE is set; unset it to record");
    else if (target->obstacle)
        snprintf(text, room, "%s %s", target->image,
                 explanations[target->obstacle]);
    else if (is_named(target->image, "python"))
        snprintf(text, room,
                 "%s ended before its Python started, could not create the "
                 "file of its recording, or is not CPython 3.6 or newer",
                 target->command);
    else if (changes_environment(target))
        snprintf(text, room,
                 "%s started no Python (3.6 or newer) in our environment; "
                 "put codesnap run behind %s",
                 target->command, text_base(target->image));
    else
        snprintf(text, room, "%s started no Python (3.6 or newer)",
                 target->command);
}
