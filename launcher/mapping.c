/* SPDX-License-Identifier: Apache-2.0
 *
 * mapping.c: reads /proc.  Whoever is older than the launcher can't be a
 * process of its program, so on most systems few maps are read.
 */
#include "launcher/mapping.h"

#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* In ticks of the system's clock; 0 where there is no such process. */
static unsigned long long
start_of(const char *pid)
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
    for (int field = 2; at && field < 22; field++)
        at = strchr(at + 1, ' ');
    return at ? strtoull(at, NULL, 10) : 0;
}

static bool
maps(const char *pid, const char *folder)
{
    char path[300], *line = NULL;
    size_t room = 0;
    bool found = false;

    snprintf(path, sizeof path, "/proc/%s/maps", pid);
    FILE *file = fopen(path, "re");
    while (file && !found && getline(&line, &room, file) > 0) {
        const char *name = strchr(line, '/');
        size_t length = strlen(folder);
        found =
            name && strncmp(name, folder, length) == 0 && name[length] == '/';
    }
    free(line);
    if (file)
        fclose(file);
    return found;
}

int
mapping_count(const char *folder)
{
    char self[16], real[PATH_MAX];
    if (!realpath(folder, real))
        return 0;
    snprintf(self, sizeof self, "%d", (int)getpid());
    unsigned long long begin = start_of(self);
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    int count = 0;

    while (processes && (entry = readdir(processes)))
        if (isdigit((unsigned char)entry->d_name[0]) &&
            strcmp(entry->d_name, self) != 0 &&
            start_of(entry->d_name) >= begin && maps(entry->d_name, real))
            count++;
    if (processes)
        closedir(processes);
    return count;
}
