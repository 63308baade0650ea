/* SPDX-License-Identifier: Apache-2.0
 *
 * member.c: reads /proc.  Whoever is older than the launcher can't be a
 * process of its program, so on most systems few maps are read.
 */
#include "launcher/run/member.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "formats/spool/session.h"

/* == ONE PROCESS =========================================================== */

enum stat_field {
    FIELD_GROUP = 5,
    FIELD_START = 22 /* in ticks of the system's clock */
};

/* 0 where there is no such process. */
static unsigned long long
stat_field(const char *pid, enum stat_field number)
{
    char path[300], line[1024];
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    size_t count = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    line[count] = '\0';
    /* The name, in parentheses, may hold anything; field 3 follows it. */
    const char *at = strrchr(line, ')');
    for (int field = 2; at && field < (int)number; field++)
        at = strchr(at + 1, ' ');
    return at ? strtoull(at, NULL, 10) : 0;
}

/* Whether fits says so of a line of /proc/PID/NAME; lines end in end. */
static bool
has_line(const char *pid, const char *name, char end, const char *wanted,
         bool (*fits)(const char *line, const char *wanted))
{
    char path[300], *line = NULL;
    size_t room = 0;
    bool found = false;

    snprintf(path, sizeof path, "/proc/%s/%s", pid, name);
    FILE *file = fopen(path, "re");
    while (file && !found && getdelim(&line, &room, end, file) > 0)
        found = fits(line, wanted);
    free(line);
    if (file)
        fclose(file);
    return found;
}

/* By the name alone, which is random: in another mount namespace the path is
 * not the one that we know. */
static bool
is_in_folder(const char *mapping, const char *folder)
{
    char path[2 * PATH_MAX];
    const char *name = strrchr(mapping, '/');
    size_t length = name ? strcspn(name, "\n") : 0;
    size_t suffix = strlen(SPOOL_SUFFIX);
    if (length < suffix ||
        strncmp(name + length - suffix, SPOOL_SUFFIX, suffix) != 0)
        return false;
    snprintf(path, sizeof path, "%s%.*s", folder, (int)length, name);
    return access(path, F_OK) == 0;
}

static bool
is_same(const char *line, const char *wanted)
{
    return strcmp(line, wanted) == 0;
}

static bool
shows(const struct members *members, const char *pid, unsigned signs)
{
    if (signs & MEMBER_WRITES &&
        has_line(pid, "maps", '\n', members->folder, is_in_folder))
        return true;
    return signs & MEMBER_CARRIES &&
           has_line(pid, "environ", '\0', members->variable, is_same);
}

/* == ALL OF THEM =========================================================== */

void
members_begin(struct members *members, const char *session)
{
    memset(members, 0, sizeof *members);
    if (!realpath(session, members->folder))
        members->folder[0] = '\0';
    snprintf(members->variable, sizeof members->variable, "CODESNAP_SESSION=%s",
             session);
    members->since = stat_field("self", FIELD_START);
}

static void
add(struct members *members, pid_t pid)
{
    if (members->count == members->room) {
        size_t room = members->room ? members->room * 2 : 64;
        pid_t *list = realloc(members->list, room * sizeof *list);
        if (!list)
            return;
        members->list = list;
        members->room = room;
    }
    members->list[members->count++] = pid;
}

size_t
members_look(struct members *members, unsigned signs)
{
    DIR *processes = members->folder[0] ? opendir("/proc") : NULL;
    struct dirent *entry;

    members->count = 0;
    while (processes && (entry = readdir(processes)))
        if (isdigit((unsigned char)entry->d_name[0]) &&
            stat_field(entry->d_name, FIELD_START) >= members->since &&
            shows(members, entry->d_name, signs))
            add(members, (pid_t)atol(entry->d_name));
    if (processes)
        closedir(processes);
    return members->count;
}

size_t
members_count(struct members *members, unsigned signs)
{
    size_t seen = members_look(members, signs);
    int named = session_count_living(members->folder);
    return named > 0 && (size_t)named > seen ? (size_t)named : seen;
}

static bool
is_listed(const struct members *members, pid_t pid)
{
    for (size_t i = 0; i < members->count; i++)
        if (members->list[i] == pid)
            return true;
    return false;
}

bool
members_have_company(const struct members *members, pid_t group,
                     const pid_t two[2])
{
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    bool found = false;

    while (processes && !found && (entry = readdir(processes))) {
        pid_t pid = (pid_t)atol(entry->d_name);
        found = pid > 0 && pid != two[0] && pid != two[1] &&
                (pid_t)stat_field(entry->d_name, FIELD_GROUP) == group &&
                !is_listed(members, pid);
    }
    if (processes)
        closedir(processes);
    return found;
}

void
members_end(struct members *members)
{
    free(members->list);
    members->list = NULL;
    members->count = members->room = 0;
}
