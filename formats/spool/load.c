/* SPDX-License-Identifier: Apache-2.0
 *
 * load.c: see load.h.
 */
#include "formats/spool/load.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "formats/base/file.h"
#include "formats/spool/clock.h"
#include "formats/spool/procstat.h"

#define PATH_ROOM     64
#define MOST_ENTRIES  65536 /* of a folder that are counted */
#define MOST_SWITCHES 128   /* threads that can be asked for their switches */

/* == FILES OF /PROC ======================================================= */

static const char *
path_of(char path[PATH_ROOM], uint32_t pid, const char *name)
{
    if (pid)
        snprintf(path, PATH_ROOM, "/proc/%u/%s", (unsigned)pid, name);
    else
        snprintf(path, PATH_ROOM, "/proc/self/%s", name);
    return path;
}

static void
read_stat(uint32_t pid, struct load *load)
{
    char line[PROCSTAT_BYTES];
    const char *state = procstat_read(pid, line);
    if (!state)
        return;
    uint64_t pages = procstat_number(state, PROCSTAT_RESIDENT);
    load->threads = procstat_number(state, PROCSTAT_THREADS);
    if (pages != LOAD_UNKNOWN)
        load->resident_bytes = pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* The folder itself, as it is opened, is not counted. */
static uint64_t
entries_of(const char *path)
{
    uint64_t count = 0;
    DIR *folder = opendir(path);
    if (!folder)
        return LOAD_UNKNOWN;
    while (count < MOST_ENTRIES + 3 && readdir(folder))
        count++;
    closedir(folder);
    return count < 3 ? 0 : count - 3;
}

/* Since Linux 6.2 the folder's size is their number, and nothing has to be opened. */
static uint64_t
files_of(uint32_t pid)
{
    char path[PATH_ROOM];
    struct file_status status;
    path_of(path, pid, "fd");
    if (file_follow(path, &status) < 0)
        return LOAD_UNKNOWN;
    if (status.size_bytes)
        return status.size_bytes;
    uint64_t count = entries_of(path);
    return pid && count != LOAD_UNKNOWN ? count + 1 : count;
}

/* == THE PROCESSOR ======================================================== */

/* The kernel's number of the clock of a process: its pid, inverted. */
static uint64_t
cpu_of(uint32_t pid)
{
    struct timespec time;
    clockid_t clock = (clockid_t)(~pid << 3 | 2);
    if (clock_gettime(pid ? clock : CLOCK_PROCESS_CPUTIME_ID, &time) != 0)
        return LOAD_UNKNOWN;
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void
add_switches(const char *path, struct load *load)
{
    static const char own[] = "\nvoluntary_ctxt_switches:\t",
                      forced[] = "\nnonvoluntary_ctxt_switches:\t";
    char text[4096] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    int64_t got = file_read(fd, text, sizeof text - 1, 0);
    file_close(fd, 0);
    const char *first = got > 0 ? strstr(text, own) : NULL;
    const char *second = got > 0 ? strstr(text, forced) : NULL;
    if (!first || !second)
        return;
    load->voluntary_switches +=
        procstat_number(first + sizeof own - 1, PROCSTAT_STATE);
    load->involuntary_switches +=
        procstat_number(second + sizeof forced - 1, PROCSTAT_STATE);
}

/* The kernel tells them of each thread. */
static void
read_threads(uint32_t pid, struct load *load)
{
    char path[PATH_ROOM], file[PATH_ROOM + 300];
    DIR *folder = opendir(path_of(path, pid, "task"));
    if (!folder)
        return;
    load->voluntary_switches = load->involuntary_switches = 0;
    struct dirent *entry;
    for (int i = 0; (entry = readdir(folder)); i++) {
        if (i == MOST_SWITCHES) {
            load->voluntary_switches = load->involuntary_switches =
                LOAD_UNKNOWN;
            break;
        }
        snprintf(file, sizeof file, "%s/%s/status", path, entry->d_name);
        if (*entry->d_name != '.')
            add_switches(file, load);
    }
    closedir(folder);
}

static void
read_switches(uint32_t pid, struct load *load)
{
    struct rusage usage;
    if (pid) {
        read_threads(pid, load);
    } else if (getrusage(RUSAGE_SELF, &usage) == 0) {
        load->voluntary_switches = (uint64_t)usage.ru_nvcsw;
        load->involuntary_switches = (uint64_t)usage.ru_nivcsw;
    }
}

struct load
load_now(uint32_t pid)
{
    struct load load = {.resident_bytes = LOAD_UNKNOWN,
                        .voluntary_switches = LOAD_UNKNOWN,
                        .involuntary_switches = LOAD_UNKNOWN,
                        .threads = LOAD_UNKNOWN,
                        .cpu_ns = cpu_of(pid),
                        .at_ns = clock_nanoseconds(CLOCK_MONOTONIC)};
    read_switches(pid, &load);
    read_stat(pid, &load);
    load.files = files_of(pid);
    return load;
}

/* == VALUES =============================================================== */

static const struct {
    const char *counter, *series;
} names[LOAD_VALUES] = {
    [LOAD_MEMORY] = {"memory, MB", ""},
    [LOAD_CPU] = {"CPU, %", ""},
    [LOAD_VOLUNTARY] = {"context switches/s", "voluntary"},
    [LOAD_INVOLUNTARY] = {"context switches/s", "involuntary"},
    [LOAD_FILES] = {"open files", ""},
    [LOAD_THREADS] = {"threads", ""},
};

const char *
load_counter(enum load_value value)
{
    return names[value].counter;
}

const char *
load_series(enum load_value value)
{
    return names[value].series;
}

/* To a tenth. */
static double
rounded(double value)
{
    return (double)(uint64_t)(value * 10 + 0.5) / 10;
}

static double
plain(uint64_t value, double unit)
{
    return value == LOAD_UNKNOWN ? -1 : rounded((double)value / unit);
}

/* What threads that ended have counted may be missing now. */
static double
rate(uint64_t now, uint64_t before, double passed)
{
    if (now == LOAD_UNKNOWN || before == LOAD_UNKNOWN || passed <= 0)
        return -1;
    return now < before ? 0 : rounded((double)(now - before) / passed);
}

double
load_value(const struct load *now, const struct load *before,
           enum load_value value)
{
    const struct load *since = before ? before : now;
    double passed = (double)(now->at_ns - since->at_ns);
    switch (value) {
    case LOAD_MEMORY: return plain(now->resident_bytes, 1e6);
    case LOAD_CPU: return rate(now->cpu_ns, since->cpu_ns, passed / 100);
    case LOAD_VOLUNTARY:
        return rate(now->voluntary_switches, since->voluntary_switches,
                    passed / 1e9);
    case LOAD_INVOLUNTARY:
        return rate(now->involuntary_switches, since->involuntary_switches,
                    passed / 1e9);
    case LOAD_FILES: return plain(now->files, 1);
    case LOAD_THREADS: return plain(now->threads, 1);
    default: return -1;
    }
}
