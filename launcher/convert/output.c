/* SPDX-License-Identifier: Apache-2.0
 *
 * output.c: tries what will be done at the end, so that a recording of an hour
 * does not end with "permission denied".
 */
#define _GNU_SOURCE
#include "launcher/convert/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launcher/support/message.h"

/* == WHICH ================================================================= */

static void
list_formats(char *text, size_t room, bool suffixes)
{
    const struct format *format;
    size_t used = 0;
    *text = '\0';
    for (size_t i = 0; (format = format_at(i)) && used < room; i++)
        used +=
            (size_t)snprintf(text + used, room - used, "%s%s", i ? ", " : "",
                             suffixes ? format->suffix : format->name);
}

static int
unknown_kind(const char *path, const char *name)
{
    char known[512];
    list_formats(known, sizeof known, !*name && strcmp(path, "-") != 0);
    if (*name)
        message_say("--format: no kind of output is named '%s'; there are: %s",
                    name, known);
    else if (strcmp(path, "-") == 0)
        message_say("-o -: say what goes to standard output by --format; "
                    "known: %s",
                    known);
    else
        message_say("%s: its suffix names no kind of output; known: %s (or "
                    "give --format)",
                    path, known);
    return STATUS_USAGE;
}

int
output_add(struct outputs *outputs, const char *path, const char *format)
{
    struct output *output = &outputs->list[outputs->count];
    if (outputs->count == OUTPUT_LIMIT) {
        message_say("more than %d outputs; convert the session again for the "
                    "others",
                    OUTPUT_LIMIT);
        return STATUS_USAGE;
    }
    output->format = *format ? format_by_name(format) : format_for_path(path);
    if (!output->format)
        return unknown_kind(path, format);
    if (output->format->missing) {
        message_say("%s: this codesnap was built without %s, which %s needs",
                    path, output->format->missing, output->format->name);
        return STATUS_FAILED;
    }
    if (snprintf(output->path, sizeof output->path, "%s", path) >= PATH_MAX) {
        message_say("%.60s...: %s", path, strerror(ENAMETOOLONG));
        return STATUS_USAGE;
    }
    outputs->count++;
    return 0;
}

static bool
is_named_twice(const struct outputs *outputs)
{
    const char *last = outputs->list[outputs->count - 1].path;
    for (size_t i = 0; i + 1 < outputs->count; i++)
        if (strcmp(outputs->list[i].path, last) == 0)
            return true;
    return false;
}

static int
check_source(const struct outputs *outputs, const struct options *options)
{
    for (size_t i = 0; i < outputs->count; i++)
        if (strcmp(outputs->list[i].format->name, "html") == 0)
            return 0;
    if (!options_is_flagged(options, OPTION_source))
        return 0;
    message_say("--source has no effect: only a page (.html) shows source; "
                "leave it out");
    return STATUS_USAGE;
}

int
output_choose(struct outputs *outputs, const struct options *options)
{
    const char *format = options_text(options, OPTION_format), *path;
    int status = 0;
    outputs->count = 0;
    for (size_t i = 0; (path = options_at(options, OPTION_output, i)); i++) {
        if ((status = output_add(outputs, path, format)) != 0)
            return status;
        if (is_named_twice(outputs)) {
            message_say("%s: -o names it twice", path);
            return STATUS_USAGE;
        }
    }
    return check_source(outputs, options);
}

void
output_show(struct outputs *outputs, const struct format *view)
{
    outputs->count = 1;
    outputs->list[0].format = view;
    strcpy(outputs->list[0].path, "-");
}

void
output_expand(struct outputs *outputs, const struct outputname *name)
{
    char path[PATH_MAX];
    for (size_t i = 0; i < outputs->count; i++) {
        outputname_expand(name, outputs->list[i].path, path, sizeof path);
        memcpy(outputs->list[i].path, path, sizeof path);
    }
}

/* == WHETHER =============================================================== */

/* The folder that path lies in, with its slash, or "./". */
static void
folder_of(const char *path, char *folder)
{
    const char *slash = strrchr(path, '/');
    snprintf(folder, PATH_MAX, "%.*s", slash ? (int)(slash - path + 1) : 2,
             slash ? path : "./");
}

/* Make a file there and remove it; a file without a name where that is known. */
static int
try_folder(const char *folder)
{
    char path[PATH_MAX + 64];
    int fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0 && errno != ENOENT && errno != EACCES && errno != EROFS) {
        snprintf(path, sizeof path, "%s.codesnap-%d.tmp", folder,
                 (int)getpid());
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd >= 0)
            unlink(path);
    }
    if (fd < 0)
        return -1;
    close(fd);
    return 0;
}

static int
check(const char *path)
{
    char folder[PATH_MAX];
    struct stat status;
    bool exists = stat(path, &status) == 0;

    if (exists && S_ISDIR(status.st_mode)) {
        message_say("%s: is a folder; name a file in it: -o %s/result.html",
                    path, path);
        return STATUS_FAILED;
    }
    if (exists && access(path, W_OK) == 0 && !S_ISREG(status.st_mode))
        return 0;
    folder_of(path, folder);
    if (exists ? access(path, W_OK) == 0 : try_folder(folder) == 0)
        return 0;
    message_say("%s: can't be written: %s; name another output with -o",
                exists ? path : folder, strerror(errno));
    return STATUS_FAILED;
}

int
output_check(const struct outputs *outputs)
{
    int status = 0;
    for (size_t i = 0; i < outputs->count && !status; i++)
        if (strcmp(outputs->list[i].path, "-") != 0)
            status = check(outputs->list[i].path);
    return status;
}

int
output_check_outside(const struct outputs *outputs, const char *session)
{
    char folder[PATH_MAX];
    struct stat inner, outer;
    for (size_t i = 0; i < outputs->count; i++) {
        const char *path = outputs->list[i].path;
        folder_of(path, folder);
        if (strcmp(path, "-") == 0 || stat(folder, &inner) != 0 ||
            stat(session, &outer) != 0 || inner.st_dev != outer.st_dev ||
            inner.st_ino != outer.st_ino)
            continue;
        message_say("%s: lies in the session folder; name another output "
                    "with -o",
                    path);
        return STATUS_USAGE;
    }
    return 0;
}

/* == AFTERWARDS ============================================================ */

static void
sweep_folder(const char *folder, const char *prefix)
{
    DIR *directory = opendir(folder);
    struct dirent *entry;
    while (directory && (entry = readdir(directory)))
        if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
            unlinkat(dirfd(directory), entry->d_name, 0);
    if (directory)
        closedir(directory);
}

void
output_sweep(const struct outputs *outputs, pid_t pid)
{
    char folder[PATH_MAX], real[PATH_MAX], prefix[64];
    snprintf(prefix, sizeof prefix, ".codesnap-%d-", (int)pid);
    for (size_t i = 0; i < outputs->count; i++) {
        const char *path = outputs->list[i].path;
        folder_of(realpath(path, real) ? real : path, folder);
        sweep_folder(folder, prefix);
    }
}
