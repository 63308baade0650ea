/* SPDX-License-Identifier: Apache-2.0
 *
 * whom.c: each process has the page of control of its session mapped, and so names
 * it in /proc/PID/maps.
 */
#include "launcher/ctl/whom.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/spool/control.h"
#include "formats/spool/session.h"
#include "launcher/support/message.h"

/* == BY PID =============================================================== */

/* The folder that a line of the maps names, or false.  In another mount namespace
 * it lies under the process's own root. */
static bool
take_folder(const char *pid, char *line, char folder[PATH_MAX])
{
    struct session_file file;
    char *path = strchr(line, '/'), *name = strrchr(line, '/');
    if (!path || strcmp(name, "/" CONTROL_FILE "\n") != 0)
        return false;
    *name = '\0';
    if (snprintf(folder, PATH_MAX, "%s", path) < PATH_MAX &&
        session_read(folder, &file) == 0)
        return true;
    return snprintf(folder, PATH_MAX, "/proc/%s/root%s", pid, path) <
               PATH_MAX &&
           session_read(folder, &file) == 0;
}

/* How many there are: one for each recording that goes on in it. */
static int
read_maps(const char *pid, FILE *maps, char folder[PATH_MAX])
{
    char *line = NULL, found[PATH_MAX];
    size_t room = 0;
    int count = 0;
    while (getline(&line, &room, maps) > 0) {
        if (!take_folder(pid, line, found) ||
            (count && strcmp(found, folder) == 0))
            continue;
        if (count++ == 0)
            memcpy(folder, found, PATH_MAX);
        else
            message_say("process %s is in several sessions; give one of their "
                        "folders: %s or %s",
                        pid, folder, found);
        if (count > 1)
            break;
    }
    free(line);
    return count;
}

static int
find_by_pid(const char *pid, char folder[PATH_MAX])
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%.20s/maps", pid);
    FILE *maps = fopen(path, "re");
    if (!maps && errno == ENOENT) {
        message_say("there is no process %s", pid);
        return -1;
    }
    if (!maps) {
        message_say("can't look into process %s: %s; give the folder of its "
                    "session",
                    pid, strerror(errno));
        return -1;
    }
    int count = read_maps(pid, maps, folder);
    bool hidden = count == 0 && ferror(maps);
    fclose(maps);
    if (hidden)
        message_say("can't look into process %s; give the folder of its "
                    "session",
                    pid);
    else if (count == 0)
        message_say("process %s is not recorded", pid);
    return count == 1 ? 0 : -1;
}

/* == BY NAME ============================================================== */

/* "t.html" may have t.html.codesnap, t.html.codesnap.1 and so on: the last one that
 * is open, or else the last one. */
static bool
find_by_output(const char *output, char folder[PATH_MAX])
{
    char path[PATH_MAX];
    struct session_file file;
    bool found = false, open = false;
    int length = snprintf(path, sizeof path, "%s" SESSION_SUFFIX, output);
    for (int number = 1; length < PATH_MAX; number++) {
        if (session_read(path, &file) != 0)
            break;
        bool is_open = file.state == SESSION_OPEN;
        if (is_open || !open)
            memcpy(folder, path, sizeof path);
        found = true;
        open |= is_open;
        length = snprintf(path, sizeof path, "%s" SESSION_SUFFIX ".%d", output,
                          number);
    }
    return found;
}

static int
find_by_name(const char *name, char folder[PATH_MAX])
{
    struct session_file file;
    size_t length = strlen(name);
    while (length > 1 && name[length - 1] == '/')
        length--;
    if (snprintf(folder, PATH_MAX, "%.*s", (int)length, name) < PATH_MAX &&
        session_read(folder, &file) == 0)
        return 0;
    if (errno == EACCES) {
        message_say("%s: %s", name, strerror(errno));
        return -1;
    }
    if (find_by_output(folder, folder))
        return 0;
    message_say(
        "%s: no session here; give its folder, its output or the pid of "
        "a process",
        name);
    return -1;
}

int
whom_find(const char *word, char folder[PATH_MAX])
{
    bool is_pid = *word && word[strspn(word, "0123456789")] == '\0';
    return is_pid ? find_by_pid(word, folder) : find_by_name(word, folder);
}
