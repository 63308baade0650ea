/* SPDX-License-Identifier: Apache-2.0
 *
 * command.c: what the kernel can run by itself is left alone, so that a script
 * keeps the interpreter of its first line.
 */
#include "launcher/run/command.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/base/text.h"
#include "launcher/run/target.h"
#include "launcher/support/message.h"

static char interpreter[] = "python3";

static bool
is_folder_of_code(const char *path)
{
    char main_path[PATH_MAX];
    int length = snprintf(main_path, sizeof main_path, "%s/__main__.py", path);
    return length < PATH_MAX && access(main_path, R_OK) == 0;
}

/* Whether its first line says who runs it, and the kernel may ask. */
static bool
runs_itself(const char *path)
{
    char start[2] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t count = fd < 0 ? 0 : read(fd, start, sizeof start);
    if (fd >= 0)
        close(fd);
    return count == 2 && start[0] == '#' && start[1] == '!' &&
           strchr(path, '/') && access(path, X_OK) == 0;
}

static bool
is_for_python(const char *word)
{
    struct stat status;
    if (strcmp(word, "-m") == 0 || strcmp(word, "-c") == 0)
        return true;
    if (stat(word, &status) < 0 || target_in_path(word))
        return false;
    if (S_ISDIR(status.st_mode))
        return is_folder_of_code(word);
    const char *behind = word + 1; /* a suffix has a name before it */
    return (text_ends_with(behind, ".py") || text_ends_with(behind, ".pyz")) &&
           !runs_itself(word);
}

char **
command_complete(char **words, int count, int *total)
{
    *total = count;
    if (!is_for_python(words[0]))
        return words;
    if (!target_in_path(interpreter)) {
        message_say("%s: no python3 in PATH to run it; name the interpreter, "
                    "as in codesnap run /path/to/python3 %s",
                    words[0], words[0]);
        return NULL;
    }
    char **command = malloc(((size_t)count + 2) * sizeof *command);
    if (!command) {
        message_say("%s", strerror(errno));
        return NULL;
    }
    command[0] = interpreter;
    memcpy(command + 1, words, (size_t)count * sizeof *command);
    command[count + 1] = NULL;
    *total = count + 1;
    return command;
}
