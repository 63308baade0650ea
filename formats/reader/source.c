/* SPDX-License-Identifier: Apache-2.0
 *
 * source.c: the session folders that a trace is opened from.  Most traces have
 * one; a merged one keeps apart here what could be taken for the same: pids of
 * several machines, containers or days.  See archive.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/text.h"
#include "formats/reader/archive.h"
#include "formats/reader/imagemeta.h"

/* Far more than the kernel allows for arguments. */
#define LONGEST_COMMAND (64u << 20)

/* == OPENING ================================================================ */

static int
open_source(struct source *source, const char *path, uint32_t first_spool)
{
    source->first_spool = first_spool;
    source->path = strdup(path);
    if (source->path == NULL ||
        spoolfile_list(source->path, &source->spools) != 0)
        return -1;
    source->has_session = session_read(source->path, &source->session) == 0;
    return 0;
}

static int
list_spools(struct archive *archive)
{
    archive->spools = calloc(archive->spool_count + 1, sizeof *archive->spools);
    if (archive->spools == NULL)
        return -1;
    for (uint32_t i = 0; i < archive->source_count; i++) {
        const struct source *source = &archive->sources[i];
        for (size_t k = 0; k < source->spools.count; k++)
            archive->spools[source->first_spool + k] =
                (struct spool_ref){.source = i,
                                   .name = source->spools.names[k],
                                   .copy = -1,
                                   .windows = -1};
    }
    return 0;
}

/* A spool has a random name.  A copy of a session has the same ones. */
static bool
is_twin(const struct source *a, const struct source *b)
{
    size_t i = 0, k = 0;
    while (i < a->spools.count && k < b->spools.count) {
        int order = strcmp(a->spools.names[i], b->spools.names[k]);
        if (order == 0)
            return true;
        i += order < 0;
        k += order > 0;
    }
    return false;
}

static int
refuse_twins(struct archive *archive)
{
    for (uint32_t i = 1; i < archive->source_count; i++)
        for (uint32_t k = 0; k < i; k++)
            if (is_twin(&archive->sources[i], &archive->sources[k])) {
                archive->failed_source = i;
                archive->twin_source = k;
                errno = EEXIST;
                return -1;
            }
    return 0;
}

/* == WHAT RAN =============================================================== */

static char *
read_command(const struct source *source)
{
    size_t bytes = source->session.argv_bytes;
    if (!source->has_session || bytes > LONGEST_COMMAND)
        return text_clean("", 0);
    char *arguments = malloc(bytes + 1);
    if (arguments == NULL)
        return NULL;
    int64_t got = session_read_arguments(source->path, arguments, bytes);
    char *command = text_command(arguments, got > 0 ? (size_t)got : 0);
    free(arguments);
    return command;
}

/* Whether item is one of those that the list, joined by between, holds. */
static bool
is_listed(const char *list, const char *item, const char *between)
{
    size_t length = strlen(item), gap = strlen(between);
    while (list != NULL) {
        if (strncmp(list, item, length) == 0 &&
            (list[length] == '\0' || strncmp(list + length, between, gap) == 0))
            return true;
        list = strstr(list, between);
        list = list != NULL ? list + gap : NULL;
    }
    return false;
}

/* Add item to *list, unless it is there or empty.  0, or -1 without memory. */
static int
list_once(char **list, const char *item, const char *between)
{
    bool first = *list == NULL || **list == '\0';
    if (*list != NULL && (*item == '\0' || is_listed(*list, item, between)))
        return 0;
    char *longer = NULL;
    int length = asprintf(&longer, "%s%s%s", first ? "" : *list,
                          first ? "" : between, item);
    if (length < 0)
        return -1;
    free(*list);
    *list = longer;
    return 0;
}

static int
read_commands(struct archive *archive)
{
    for (uint32_t i = 0; i < archive->source_count; i++) {
        char *command = read_command(&archive->sources[i]);
        int result = command == NULL
                         ? -1
                         : list_once(&archive->trace.command, command, "; ");
        free(command);
        if (result != 0)
            return -1;
    }
    return 0;
}

int
source_open_all(struct archive *archive, const char *const *paths, size_t count)
{
    struct trace *trace = &archive->trace;
    archive->sources = calloc(count, sizeof *archive->sources);
    if (archive->sources == NULL)
        return -1;
    for (uint32_t i = 0; i < count; i++) {
        struct source *source = &archive->sources[archive->source_count++];
        archive->failed_source = i;
        if (i == SOURCE_LIMIT) {
            errno = E2BIG;
            return -1;
        }
        if (open_source(source, paths[i], archive->spool_count) != 0)
            return -1;
        archive->spool_count += (uint32_t)source->spools.count;
    }
    const struct source *first = archive->sources;
    if (count == 1 && first->has_session && first->session.ended == 1) {
        trace->root_ended = true;
        trace->wait_status = first->session.wait_status;
    }
    if (refuse_twins(archive) != 0 || list_spools(archive) != 0 ||
        live_copy_all(archive) != 0)
        return -1;
    return read_commands(archive);
}

/* == SETTING APART ========================================================== */

static uint32_t
source_of(const struct archive *archive, const struct process *process)
{
    const struct image *image = (const struct image *)process;
    return archive->spools[image->spool].source;
}

static int
name_hosts(struct archive *archive)
{
    struct trace *trace = &archive->trace;
    for (uint32_t i = 0; i < trace->process_count; i++)
        if (list_once(&trace->host, trace->processes[i]->host, ", ") != 0)
            return -1;
    if (trace->host == NULL)
        trace->host = strdup("");
    return trace->host != NULL ? 0 : -1;
}

static bool
has_several_hosts(const struct trace *trace)
{
    for (uint32_t i = 1; i < trace->process_count; i++)
        if (strcmp(trace->processes[i]->host, trace->processes[0]->host) != 0)
            return true;
    return false;
}

static int
add_host(struct process *process)
{
    char *longer = NULL;
    if (*process->host == '\0')
        return 0;
    if (asprintf(&longer, "%s @ %s", process->name, process->host) < 0)
        return -1;
    free(process->name);
    process->name = longer;
    return 0;
}

/* A pid that a source speaks of: a process of its own, or the parent of one. */
struct mention {
    uint32_t pid, source;
    bool own;
};

static int
compare_mentions(const void *a, const void *b)
{
    const struct mention *x = a, *y = b;
    if (x->pid != y->pid)
        return x->pid < y->pid ? -1 : 1;
    return (x->source > y->source) - (x->source < y->source);
}

static struct mention *
list_mentions(const struct archive *archive)
{
    const struct trace *trace = &archive->trace;
    size_t count = trace->process_count;
    struct mention *list = calloc(2 * count + 1, sizeof *list), *at = list;
    if (list == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const struct process *process = trace->processes[i];
        uint32_t source = source_of(archive, process);
        *at++ = (struct mention){process->pid, source, true};
        *at++ = (struct mention){process->parent_pid, source, false};
    }
    qsort(list, 2 * count, sizeof *list, compare_mentions);
    return list;
}

/* One pid: if it is a process somewhere, all sources but the first one that
 * speak of it mean another. */
static void
mark_shared(const struct mention *list, size_t count, bool *shared)
{
    bool any = false;
    for (size_t i = 0; i < count; i++)
        any |= list[i].own;
    for (size_t i = 1; i < count && any; i++)
        if (list[i].source != list[0].source)
            shared[list[i].source] = true;
}

static int
find_shared(const struct archive *archive, bool *shared)
{
    size_t count = 2 * (size_t)archive->trace.process_count;
    struct mention *list = list_mentions(archive);
    if (list == NULL)
        return -1;
    for (size_t begin = 0, end; begin < count; begin = end) {
        end = begin + 1;
        while (end < count && list[end].pid == list[begin].pid)
            end++;
        mark_shared(list + begin, end - begin, shared);
    }
    free(list);
    return 0;
}

static uint32_t
shift_of(const struct archive *archive, const struct process *process,
         const bool *shared)
{
    uint32_t source = source_of(archive, process);
    return shared[source] ? source * SOURCE_STRIDE : 0;
}

static void
shift_pids(struct archive *archive, const bool *shared)
{
    struct trace *trace = &archive->trace;
    for (uint32_t i = 0; i < trace->track_count; i++)
        trace->tracks[i]->tid +=
            shift_of(archive, trace->tracks[i]->process, shared);
    for (uint32_t i = 0; i < trace->process_count; i++) {
        struct process *process = trace->processes[i];
        uint32_t shift = shift_of(archive, process, shared);
        process->pid += shift;
        process->parent_pid += process->parent_pid != 0 ? shift : 0;
    }
}

/* Of the programs that left no process here a note is all that there is; it
 * goes to the first process of their session. */
static int
tell_missed(struct archive *archive, uint32_t number, struct process *process)
{
    char text[96];
    uint32_t count = session_count_missed(archive->sources[number].path);
    if (count == 0)
        return 0;
    int length = snprintf(text, sizeof text,
                          "%u program%s could not create a file in the "
                          "session: not recorded",
                          count, count == 1 ? "" : "s");
    return imagemeta_add_note(&archive->trace, process, SPOOL_NOTE_UNTRACED,
                              count, text_clean(text, (size_t)length));
}

static int
tell_all_missed(struct archive *archive)
{
    struct trace *trace = &archive->trace;
    for (uint32_t i = 0; i < archive->source_count; i++)
        for (uint32_t k = 0; k < trace->process_count; k++)
            if (source_of(archive, trace->processes[k]) == i) {
                if (tell_missed(archive, i, trace->processes[k]) != 0)
                    return -1;
                break;
            }
    return 0;
}

int
source_set_apart(struct archive *archive)
{
    struct trace *trace = &archive->trace;
    bool shared[SOURCE_LIMIT] = {false};
    if (tell_all_missed(archive) != 0 || name_hosts(archive) != 0)
        return -1;
    if (archive->source_count == 1)
        return 0;
    if (has_several_hosts(trace))
        for (uint32_t i = 0; i < trace->process_count; i++)
            if (add_host(trace->processes[i]) != 0)
                return -1;
    if (find_shared(archive, shared) != 0)
        return -1;
    shift_pids(archive, shared);
    return 0;
}

/* == CLOSING ================================================================ */

void
source_close_all(struct archive *archive)
{
    for (uint32_t i = 0; i < archive->source_count; i++) {
        spoolfile_list_free(&archive->sources[i].spools);
        free(archive->sources[i].path);
    }
    live_close_all(archive);
    free(archive->sources);
    free(archive->spools);
}
