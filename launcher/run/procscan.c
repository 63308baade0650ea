/* SPDX-License-Identifier: Apache-2.0
 *
 * procscan.c: reads /proc.  Whoever is older than the launcher can't be a
 * process of its program, so on most systems few maps are read.
 */
#include "launcher/run/procscan.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "formats/spool/session.h"
#include "formats/spool/spoolfile.h"

enum {
    MOST_LOOKS = 50 /* in which nothing comes to the session */
};

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
shows(const struct procscan *scan, const char *pid, unsigned signs)
{
    if (signs & PROCSCAN_WRITES &&
        has_line(pid, "maps", '\n', scan->folder, is_in_folder))
        return true;
    return signs & PROCSCAN_CARRIES &&
           has_line(pid, "environ", '\0', scan->variable, is_same);
}

/* == ALL OF THEM =========================================================== */

void
procscan_begin(struct procscan *scan, const char *session)
{
    memset(scan, 0, sizeof *scan);
    if (!realpath(session, scan->folder))
        scan->folder[0] = '\0';
    snprintf(scan->variable, sizeof scan->variable, "CODESNAP_SESSION=%s",
             session);
    scan->since = stat_field("self", FIELD_START);
}

static void
add(struct procscan *scan, pid_t pid)
{
    if (scan->count == scan->room) {
        size_t room = scan->room ? scan->room * 2 : 64;
        pid_t *list = realloc(scan->list, room * sizeof *list);
        if (!list)
            return;
        scan->list = list;
        scan->room = room;
    }
    scan->list[scan->count++] = pid;
}

/* Every process, by its number. */
static pid_t *
list_processes(size_t *count)
{
    DIR *processes = opendir("/proc");
    pid_t *list = NULL;
    size_t room = 0;
    struct dirent *entry;

    *count = 0;
    while (processes && (entry = readdir(processes))) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        if (*count == room) {
            pid_t *larger = realloc(list, (room * 2 + 256) * sizeof *list);
            if (!larger)
                break;
            list = larger;
            room = room * 2 + 256;
        }
        list[(*count)++] = (pid_t)atol(entry->d_name);
    }
    if (processes)
        closedir(processes);
    return list;
}

/* One look, at the newest process first: it is the one that may be gone soon.
 * Returns what tells the processes that were there from others. */
static unsigned long long
look_once(struct procscan *scan, unsigned signs)
{
    unsigned long long start, crowd = 0;
    char name[32];
    size_t left = 0;
    pid_t *list = scan->folder[0] ? list_processes(&left) : NULL;

    scan->count = 0;
    while (left-- > 0) {
        snprintf(name, sizeof name, "%d", (int)list[left]);
        start = stat_field(name, FIELD_START);
        if (start > 0 && start < scan->since)
            continue;
        crowd = crowd * 31 + (unsigned long long)list[left];
        if (start > 0 && shows(scan, name, signs))
            add(scan, list[left]);
    }
    free(list);
    return crowd;
}

static size_t
count_spools(const struct procscan *scan)
{
    struct spoolfile_names list;
    size_t count;
    if (spoolfile_list(scan->folder, &list) != 0)
        return 0;
    count = list.count;
    spoolfile_list_free(&list);
    return count;
}

/* Who ends after /proc was listed can have forked another one meanwhile, which
 * was not: so nobody is believed to be there only if two looks in a row meet
 * the same processes.  Where others come and go all the time that never
 * happens: then it is enough that nothing came to the session for some looks.
 */
size_t
procscan_look(struct procscan *scan, unsigned signs)
{
    unsigned long long crowd = look_once(scan, signs), before = ~crowd;
    size_t spools, known = 0;
    for (int left = MOST_LOOKS; scan->count == 0 && crowd != before && left;
         left--) {
        spools = count_spools(scan);
        if (spools != known)
            left = MOST_LOOKS;
        known = spools;
        before = crowd;
        crowd = look_once(scan, signs);
    }
    return scan->count;
}

size_t
procscan_count(struct procscan *scan, unsigned signs)
{
    size_t seen = procscan_look(scan, signs);
    int named = session_count_living(scan->folder);
    return named > 0 && (size_t)named > seen ? (size_t)named : seen;
}

static bool
is_listed(const struct procscan *scan, pid_t pid)
{
    for (size_t i = 0; i < scan->count; i++)
        if (scan->list[i] == pid)
            return true;
    return false;
}

bool
procscan_has_company(const struct procscan *scan, pid_t group,
                     const pid_t two[2])
{
    char name[32];
    size_t left = 0;
    pid_t *list = list_processes(&left);
    bool found = false;

    while (left-- > 0 && !found) {
        snprintf(name, sizeof name, "%d", (int)list[left]);
        found = list[left] != two[0] && list[left] != two[1] &&
                (pid_t)stat_field(name, FIELD_GROUP) == group &&
                !is_listed(scan, list[left]);
    }
    free(list);
    return found;
}

void
procscan_end(struct procscan *scan)
{
    free(scan->list);
    scan->list = NULL;
    scan->count = scan->room = 0;
}
