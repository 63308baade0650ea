/* SPDX-License-Identifier: Apache-2.0
 *
 * merge.c: tests that several sessions become one trace: on one time axis, and
 * without taking a process of one for a process of another.
 */
#include "formats/reader/reader.h"

#include "tests/unit/forge.h"
#include "tests/unit/spy.h"
#include "tests/unit/tap.h"

#define OTHER_BOOT "89abcdef-0123-4567-89ab-cdef01234567"

/* Where a forged session was recorded. */
struct host {
    const char *name; /* of the folder */
    const char *host, *boot;
    uint64_t late_ns; /* its real time is so much later, its others are not */
};

static char folders[2][512];

static void
move_clock(struct spool_clock *clock, const struct host *place)
{
    clock->realtime_ns += place->late_ns;
}

static void
move_session(const char *folder, const struct host *place)
{
    struct session_file file;
    if (session_read(folder, &file) != 0)
        abort();
    strcpy(file.boot_id, place->boot);
    move_clock(&file.begin, place);
    move_clock(&file.end, place);
    session_write(folder, &file);
}

/* Saves the forged spool as a session of that place. */
static const char *
save(struct forge *forge, const struct host *place, int number)
{
    char from[600], to[700];
    char *folder = folders[number];
    struct spool_header *header = forge_header(forge);
    strcpy(header->boot_id, place->boot);
    strcpy(header->host, place->host);
    move_clock(&header->clock, place);
    snprintf(folder, sizeof folders[0], "%s/%s", tap_scratch(), place->name);
    forge_save(forge, folder);
    forge_free(forge);
    move_session(folder, place);
    snprintf(from, sizeof from, "%s/100-abc" SPOOL_SUFFIX, folder);
    snprintf(to, sizeof to, "%s/100-%s" SPOOL_SUFFIX, folder, place->name);
    rename(from, to);
    return folder;
}

/* A process 100 with one call, and one that it forked, 101, with another. */
static void
forge_family(struct forge *forge, uint64_t ns)
{
    forge_simple(forge);
    forge_record(forge, SPOOL_ENTER_PYTHON, 1, ns);
    forge_record(forge, SPOOL_EXIT, 1, ns + 10);
    forge_open_process(forge, (struct forge_process){.pid = 101,
                                                     .start_ns = ns + 20,
                                                     .parent_pid = 100,
                                                     .first_id = 10});
    forge_open_chunk(forge, (struct forge_chunk){.kind = SPOOL_TRACK,
                                                 .pid = 101,
                                                 .tid = 101,
                                                 .start_ns = ns + 20,
                                                 .base_ns = ns + 20,
                                                 .track = 2});
    forge_record(forge, SPOOL_ENTER_PYTHON, 2, ns + 30);
    forge_record(forge, SPOOL_EXIT, 2, ns + 40);
}

/* "100>101 b.py fork of 100": a parent's pid, a pid, a name, and the pid of the
 * process that was found to be forked. */
static void
describe(const struct trace *trace, char *text, size_t room)
{
    size_t used = 0;
    *text = '\0';
    for (uint32_t i = 0; i < trace->process_count; i++) {
        const struct process *process = trace->processes[i];
        used += (size_t)snprintf(text + used, room - used, "%s%u>%u %s",
                                 i ? ", " : "", process->parent_pid,
                                 process->pid, process->name);
        if (process->forked_from != NULL)
            used += (size_t)snprintf(text + used, room - used, " fork of %u",
                                     process->forked_from->pid);
    }
}

static struct trace *
open_both(const struct host *a, uint64_t a_ns, const struct host *b,
          uint64_t b_ns)
{
    struct forge forge;
    char error[512] = "";
    const char *paths[2];
    forge_family(&forge, a_ns);
    paths[0] = save(&forge, a, 0);
    forge_family(&forge, b_ns);
    paths[1] = save(&forge, b, 1);
    struct trace *trace = trace_open_all(paths, 2, error, sizeof error);
    if (trace == NULL)
        printf("Bail out! %s\n", error), exit(1);
    return trace;
}

/* What all tracks say, one behind the other. */
static const char *
read_all(struct trace *trace, char *text, size_t room)
{
    static struct spy spy;
    size_t used = 0;
    for (uint32_t i = 0; i < trace->track_count; i++) {
        if (spy_read(&spy, trace, trace->tracks[i]) != 0 || spy.wrong != 0)
            return "not read";
        used += (size_t)snprintf(text + used, room - used, "%s%s",
                                 i ? " | " : "", spy.text);
    }
    return text;
}

static void
test_machines(void)
{
    char text[1000];
    struct trace *trace =
        open_both(&(struct host){"m1", "one", FORGE_BOOT, 0}, 0,
                  &(struct host){"m2", "two", OTHER_BOOT, 5000}, 100);
    tap_same("sessions of two machines are joined by the time of day",
             read_all(trace, text, sizeof text),
             "+f1@0 -f1@10 | +f2@30 -f2@40 | +f1@5100 -f1@5110 | "
             "+f2@5130 -f2@5140");
    describe(trace, text, sizeof text);
    tap_same("pids of two machines are kept apart, with their hosts", text,
             "0>100 a b.py @ one, 100>101 a b.py @ one fork of 100, "
             "0>10000100 a b.py @ two, 10000100>10000101 a b.py @ two fork of "
             "10000100");
    tap_same("the trace names both hosts", trace->host, "one, two");
    tap_ok(trace->tracks[3]->tid == 10000101 && trace->tracks[3]->main,
           "tids are kept apart as pids are, and main threads stay so");
    trace_close(trace);
}

static void
test_containers(void)
{
    char text[1000];
    struct trace *trace =
        open_both(&(struct host){"c1", "host", FORGE_BOOT, 0}, 0,
                  &(struct host){"c2", "host", FORGE_BOOT, 3600000000000}, 5);
    tap_same("sessions of one boot are joined by its monotonic clock",
             read_all(trace, text, sizeof text),
             "+f1@0 -f1@10 | +f1@5 -f1@15 | +f2@30 -f2@40 | +f2@35 -f2@45");
    describe(trace, text, sizeof text);
    tap_same("on one host a name needs no host, a pid its own number", text,
             "0>100 a b.py, 0>10000100 a b.py, 100>101 a b.py fork of 100, "
             "10000100>10000101 a b.py fork of 10000100");
    trace_close(trace);
}

static void
test_refusals(void)
{
    char error[512] = "";
    const char *twice[] = {folders[0], folders[0]};
    const char *many[201];
    const char *missing[] = {folders[0], "/no/such/session"};
    bool refused = trace_open_all(twice, 2, error, sizeof error) == NULL &&
                   strstr(error, "same session") != NULL;
    tap_ok(refused, "a session can't be merged with itself");
    refused = trace_open_all(missing, 2, error, sizeof error) == NULL &&
              strncmp(error, "/no/such/session: ", 18) == 0;
    tap_ok(refused, "the session that can't be read is named");
    for (size_t i = 0; i < sizeof many / sizeof *many; i++)
        many[i] = folders[0];
    refused = trace_open_all(many, 201, error, sizeof error) == NULL &&
              strstr(error, "more sessions than") != NULL;
    tap_ok(refused, "more sessions than there are pids for are refused");
}

int
main(void)
{
    test_machines();
    test_containers();
    test_refusals();
    return tap_done();
}
