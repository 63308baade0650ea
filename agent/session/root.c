/* SPDX-License-Identifier: Apache-2.0
 *
 * root.c: sessions without a launcher.
 */
#include "agent/session/root.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "agent/base/complaint.h"
#include "agent/base/process.h"
#include "agent/session/processname.h"
#include "formats/format.h"
#include "formats/reader/reader.h"
#include "formats/spool/outputname.h"
#include "formats/spool/session.h"

#define PATH_ROOM 4096

static struct {
    bool ours; /* this process is the root, and no launcher is there */
    char folder[PATH_ROOM];
    char output[PATH_ROOM];
} root;

/* Of this process, for %n; to be freed. */
static char *
program_name(void)
{
    char arguments[PATH_ROOM];
    return outputname_of(arguments,
                         processname_arguments(arguments, sizeof arguments));
}

/* The image that comes with an exec is told the name as it is: its own time and
 * program would be others. */
static void
expand(const char *pattern, char *path, size_t room)
{
    if (!strchr(pattern, '%')) {
        snprintf(path, room, "%s", pattern);
        return;
    }
    char *name = program_name();
    const struct outputname values = {
        .pid = getpid(),
        .start = time(NULL),
        .name = name ? name : "python",
    };
    outputname_expand(&values, pattern, path, room);
    free(name);
    if (strcmp(pattern, path) != 0)
        setenv("CODESNAP_OUT", path, 1);
}

static bool
is_open(const char *folder, struct session_file *file)
{
    errno = 0;
    return session_read(folder, file) == 0 && file->state == SESSION_OPEN;
}

/* The program may change its folder before its exit. */
static int
make_absolute(char *path, size_t room)
{
    char folder[PATH_ROOM];
    size_t length = strlen(path) + 1;
    if (path[0] == '/')
        return 0;
    if (!getcwd(folder, sizeof folder) || strlen(folder) + 1 + length > room)
        return -1;
    size_t lead = strlen(folder);
    memmove(path + lead + 1, path, length);
    memcpy(path, folder, lead);
    path[lead] = '/';
    return 0;
}

/* Another root with this output is still at work: then ours is NAME.PID.EXT. */
static void
avoid_other_root(void)
{
    char folder[PATH_ROOM + sizeof SESSION_SUFFIX];
    struct session_file file;
    snprintf(folder, sizeof folder, "%s" SESSION_SUFFIX, root.output);
    if (!is_open(folder, &file) || kill((pid_t)file.root_pid, 0) < 0)
        return;
    char *name = strrchr(root.output, '/') + 1;
    char *dot = strrchr(name, '.');
    char suffix[64] = "";
    if (dot && strlen(dot) < sizeof suffix)
        strcpy(suffix, dot);
    else
        dot = name + strlen(name);
    snprintf(dot, sizeof root.output - (size_t)(dot - root.output), ".%d%s",
             (int)getpid(), suffix);
}

static void
complain(const char *text)
{
    complaint_say("%s; nothing is recorded", text);
}

void
root_complain(const char *folder, int cause)
{
    struct session_file file;
    uint32_t pid = (uint32_t)getpid();
    if (!folder) {
        complain(strerror(cause));
        return;
    }
    if (session_read(folder, &file) == 0 && file.root_pid != pid &&
        file.root_pid != (uint32_t)getppid())
        return;
    char text[PATH_ROOM + 128];
    snprintf(text, sizeof text, "no file can be made in %s (%s)", folder,
             strerror(cause));
    complain(text);
}

static const char *
make_session(const struct config *config)
{
    static const char *const command[] = {""};
    expand(config->output, root.output, sizeof root.output);
    const struct format *format = config->format
                                      ? format_by_name(config->format)
                                      : format_for_path(root.output);
    if (!format) {
        complain(
            "CODESNAP_OUT or CODESNAP_FORMAT names no format that is known");
        return NULL;
    }
    if (make_absolute(root.output, sizeof root.output) < 0)
        return NULL;
    avoid_other_root();
    if (session_create(root.output, config->spool, 0, (char *const *)command,
                       root.folder, sizeof root.folder) < 0) {
        char text[PATH_ROOM + 64];
        snprintf(text, sizeof text, "cannot make the session %s", root.folder);
        complain(text);
        return NULL;
    }
    setenv(CONFIG_SESSION, root.folder, 1);
    return root.folder;
}

const char *
root_join(const struct config *config)
{
    struct session_file file;
    if (!config->session) {
        root.ours = true;
        config_complain();
        return make_session(config);
    }
    if (!is_open(config->session, &file)) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
            root_complain(config->session, errno);
        return NULL;
    }
    if (config->output && file.root_pid == (uint32_t)getpid()) {
        root.ours = true; /* the same process before an exec */
        expand(config->output, root.output, sizeof root.output);
        snprintf(root.folder, sizeof root.folder, "%s", config->session);
        if (make_absolute(root.output, sizeof root.output) < 0)
            root.ours = false;
    }
    return config->session;
}

/* What was asked for is not there; say why, and how to have it. */
static void
explain(const char *why)
{
    complaint_say("%s; codesnap convert %s -o %s", why, root.folder,
                  root.output);
}

static int
convert_trace(const struct config *config, struct trace *trace)
{
    char error[512];
    struct format_options options = {0};
    const struct format *format = config->format
                                      ? format_by_name(config->format)
                                      : format_for_path(root.output);
    if (trace->spool_bytes > config->exit_convert_bytes) {
        explain("the recording is larger than CODESNAP_EXIT_CONVERT");
        return -1;
    }
    if (format && format_convert(trace, format, root.output, &options, error,
                                 sizeof error) == 0)
        return 0;
    explain(format ? error : "no format is known for the output");
    return -1;
}

static void
convert(const struct config *config)
{
    char error[512];
    struct trace *trace = trace_open(root.folder, error, sizeof error);
    if (!trace) {
        explain(error);
        return;
    }
    bool none = trace->process_count == 0;
    if (none)
        complaint_say("no process fits CODESNAP_PROCESS (%s); nothing is "
                      "recorded",
                      config->process ? config->process : "");
    int result = none ? 0 : convert_trace(config, trace);
    trace_close(trace);
    if (result == 0 && session_count_living(root.folder) == 0)
        session_remove(root.folder);
    else
        session_trim(root.folder);
}

void
root_convert(const struct config *config)
{
    if (!root.ours || !root.folder[0] || process.pid != (uint32_t)getpid())
        return;
    session_close(root.folder, 0, 0);
    convert(config);
}
