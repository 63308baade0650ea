/* SPDX-License-Identifier: Apache-2.0
 *
 * family.c: which thread started a process, and how the process ended.  Pids
 * are used again, so both are looked up by pid and time.  See archive.h.
 */
#include <stdlib.h>
#include <string.h>

#include "formats/reader/archive.h"
#include "formats/spool/clock.h"
#include "formats/spool/living.h"
#include "formats/trace/trouble.h"

struct family {
    struct archive *archive;
    struct image **images; /* by source, boot, pid and start */
    uint32_t *first_track; /* of each process, and the end */
};

/* == WHO HAD THAT PID THEN ================================================== */

static uint32_t
source_of(const struct family *family, const struct image *image)
{
    return family->archive->spools[image->spool].source;
}

static int
compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int
compare_images(const void *a, const void *b, void *context)
{
    const struct image *x = *(struct image *const *)a;
    const struct image *y = *(struct image *const *)b;
    int order = compare_numbers(source_of(context, x), source_of(context, y));
    if (order == 0)
        order = compare_numbers((uintptr_t)x->boot, (uintptr_t)y->boot);
    if (order == 0)
        order = compare_numbers(x->process.pid, y->process.pid);
    if (order == 0)
        order = compare_numbers(x->start_monotonic_ns, y->start_monotonic_ns);
    return order;
}

/* How many images come before or with that one. */
static uint32_t
end_of(struct family *family, const struct image *wanted)
{
    uint32_t low = 0, high = family->archive->trace.process_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_images(&family->images[middle], &wanted, family) > 0)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static bool
is_same_pid(struct family *family, const struct image *a, const struct image *b)
{
    return a->process.pid == b->process.pid && a->boot == b->boot &&
           source_of(family, a) == source_of(family, b);
}

/* The last image with that pid, in the source and boot of beside, that started
 * at that CLOCK_MONOTONIC or before; or NULL. */
static struct image *
find(struct family *family, const struct image *beside, uint32_t pid,
     uint64_t monotonic_ns)
{
    struct image wanted = {.process.pid = pid,
                           .boot = beside->boot,
                           .spool = beside->spool,
                           .start_monotonic_ns = monotonic_ns};
    uint32_t end = end_of(family, &wanted);
    struct image *found = end > 0 ? family->images[end - 1] : NULL;
    return found != NULL && is_same_pid(family, found, &wanted) ? found : NULL;
}

/* == WHO STARTED IT ========================================================= */

/* Of two tracks of one thread, which one ran then: that which goes on behind,
 * the later one of several; else that which stopped last, as before an exec. */
static bool
ran_rather(const struct track *track, const struct track *other, uint64_t ns)
{
    bool goes_on = track->start_ns <= ns && track->end_ns > ns;
    bool other_goes_on = other->start_ns <= ns && other->end_ns > ns;
    if (goes_on != other_goes_on)
        return goes_on;
    return goes_on ? track->start_ns >= other->start_ns
                   : track->start_ns <= ns && track->end_ns >= other->end_ns;
}

/* The track of that thread id that ran then; 0 is the main thread, as is the
 * first one where there is none of it. */
static struct track *
find_track(struct family *family, const struct image *image, uint32_t tid,
           uint64_t ns)
{
    struct track **tracks = family->archive->trace.tracks, *found = NULL;
    uint32_t number = image->process.number;
    uint32_t first = family->first_track[number];
    uint32_t end = family->first_track[number + 1];
    for (uint32_t i = first; i < end && tid != 0; i++)
        if (tracks[i]->tid == tid &&
            (found == NULL || ran_rather(tracks[i], found, ns)))
            found = tracks[i];
    for (uint32_t i = first; i < end && found == NULL; i++)
        if (tracks[i]->main)
            found = tracks[i];
    return found != NULL || first == end ? found : tracks[first];
}

static void
set_origin(struct family *family, struct image *image,
           const struct image *parent, uint64_t ticks)
{
    struct process *process = &image->process;
    if (parent == NULL || parent->process.number >= process->number)
        return; /* a parent comes first, so that no circle can arise */
    process->origin_ns = process->start_ns;
    if (ticks != 0) {
        uint64_t ns = archive_ns(family->archive, parent->boot,
                                 clockfit_ns(&parent->boot->fit, ticks));
        process->origin_ns = ns < process->start_ns ? ns : process->start_ns;
    }
    process->origin =
        find_track(family, parent, image->origin.tid, process->origin_ns);
}

/* What its ORIGIN says, else its parent, if that one is traced. */
static void
resolve_origin(struct family *family, struct image *image)
{
    const struct spool_meta_origin *origin = &image->origin;
    const struct process *process = &image->process;
    struct image *parent = NULL;
    if (origin->pid != 0)
        parent = find(family, image, origin->pid, origin->start_ns);
    if (parent != NULL && parent->start_monotonic_ns == origin->start_ns) {
        set_origin(family, image, parent, origin->ticks);
        return;
    }
    if (process->forked_from != NULL)
        parent = image_of(process->forked_from);
    else
        parent =
            find(family, image, process->parent_pid, image->start_monotonic_ns);
    image->origin.tid = 0;
    set_origin(family, image, parent, 0);
}

/* == WHAT IS THROTTLED ====================================================== */

static const struct function *
function_of(const struct image *image, uint32_t id)
{
    for (; image != NULL;
         image = (const struct image *)image->process.forked_from)
        for (uint32_t i = 0; i < image->name_count; i++)
            if (image->names[i].id == id)
                return image->names[i].function;
    return NULL;
}

static struct trouble *
known_throttled(struct troubles *troubles, const struct function *function)
{
    for (uint32_t i = 0; i < trouble_kept(troubles, TROUBLE_THROTTLED); i++)
        if (troubles->first[TROUBLE_THROTTLED][i].function == function)
            return &troubles->first[TROUBLE_THROTTLED][i];
    return NULL;
}

/* Each function once: from its first time on, to the end of its last one. */
static void
tell_throttled(struct troubles *troubles, const struct function *function,
               uint64_t ns, uint64_t calls_per_second)
{
    struct trouble *known = known_throttled(troubles, function);
    if (known == NULL && calls_per_second > 0) {
        trouble_note(troubles, TROUBLE_THROTTLED, function, ns, 0);
        known = known_throttled(troubles, function);
    }
    if (known == NULL)
        return;
    known->end_ns = calls_per_second > 0 ? 0 : ns;
    if (calls_per_second > known->calls_per_second)
        known->calls_per_second = calls_per_second;
}

static void
resolve_throttled(const struct family *family, const struct image *image)
{
    struct troubles *troubles = &family->archive->trace.troubles;
    for (uint32_t i = 0; i < image->throttled_count; i++) {
        const struct throttled *one = &image->throttled[i];
        tell_throttled(troubles, function_of(image, one->id),
                       archive_ns(family->archive, image->boot,
                                  clockfit_ns(&image->boot->fit, one->ticks)),
                       one->calls_per_second);
    }
}

/* == HOW IT ENDED =========================================================== */

/* A process can be waited for once, and by its parent alone; a process of
 * before with the same pid that we don't know can have had another one. */
static void
take_report(struct family *family, const struct exit_report *report)
{
    struct image *image =
        find(family, report->reporter, report->pid, report->monotonic_ns);
    if (image == NULL || image->waited_for)
        return;
    if (image->process.has_status &&
        image->process.parent_pid != report->reporter->process.pid)
        return;
    image->waited_for = true;
    image->process.has_status = true;
    image->process.wait_status = report->wait_status;
}

static int
compare_reports(const void *a, const void *b)
{
    const struct exit_report *x = a, *y = b;
    return compare_numbers(x->monotonic_ns, y->monotonic_ns);
}

/* The launcher's word goes before all others. */
static void
take_launchers_report(struct family *family, uint32_t number)
{
    const struct source *source = &family->archive->sources[number];
    const struct session_file *session = &source->session;
    uint64_t end = session->end.ticks ? session->end.monotonic_ns : UINT64_MAX;
    struct trace *trace = &family->archive->trace;
    if (!source->has_session || session->ended != 1)
        return;
    for (uint32_t i = 0; i < trace->process_count; i++) {
        struct image *image = image_of(trace->processes[i]);
        if (image->process.pid != session->root_pid ||
            source_of(family, image) != number ||
            memcmp(image->boot->id, session->boot_id, sizeof image->boot->id))
            continue;
        image = find(family, image, session->root_pid, end);
        if (image != NULL) {
            image->process.has_status = true;
            image->process.wait_status = session->wait_status;
        }
        return;
    }
}

/* An image that the next one took the place of has no end of its own. */
static void
find_replaced(struct family *family)
{
    uint32_t count = family->archive->trace.process_count;
    for (uint32_t i = 0; i + 1 < count; i++) {
        struct image *image = family->images[i], *next = family->images[i + 1];
        if (is_same_pid(family, image, next) &&
            image->exec_start == next->exec_start && !next->process.forked) {
            image->process.replaced = true;
            image->process.has_status = false;
        }
    }
}

static void
find_running(struct family *family)
{
    struct trace *trace = &family->archive->trace;
    char boot_id[40];
    if (clock_read_boot(boot_id) != 0)
        return;
    for (uint32_t i = 0; i < trace->process_count; i++) {
        struct image *image = image_of(trace->processes[i]);
        if (!image->process.has_status && !image->process.replaced &&
            image->exec_start != 0 &&
            memcmp(image->boot->id, boot_id, sizeof boot_id) == 0)
            image->process.running =
                living_is(image->process.pid, image->exec_start);
    }
}

static void
resolve_ends(struct family *family)
{
    struct archive *archive = family->archive;
    if (archive->exit_report_count > 1)
        qsort(archive->exit_reports, archive->exit_report_count,
              sizeof *archive->exit_reports, compare_reports);
    for (size_t i = 0; i < archive->exit_report_count; i++)
        take_report(family, &archive->exit_reports[i]);
    for (uint32_t i = 0; i < archive->source_count; i++)
        take_launchers_report(family, i);
    find_replaced(family);
    find_running(family);
}

/* == BOTH =================================================================== */

static void
find_tracks(struct family *family)
{
    const struct trace *trace = &family->archive->trace;
    uint32_t track = 0;
    for (uint32_t i = 0; i < trace->process_count; i++) {
        family->first_track[i] = track;
        while (track < trace->track_count &&
               trace->tracks[track]->process == trace->processes[i])
            track++;
    }
    family->first_track[trace->process_count] = track;
}

int
family_resolve(struct archive *archive)
{
    struct trace *trace = &archive->trace;
    size_t count = (size_t)trace->process_count + 1;
    struct family family = {
        .archive = archive,
        .images = malloc(count * sizeof *family.images),
        .first_track = malloc(count * sizeof *family.first_track),
    };
    bool fits = family.images != NULL && family.first_track != NULL;
    if (fits) {
        for (uint32_t i = 0; i < trace->process_count; i++)
            family.images[i] = image_of(trace->processes[i]);
        qsort_r(family.images, trace->process_count, sizeof *family.images,
                compare_images, &family);
        find_tracks(&family);
        for (uint32_t i = 0; i < trace->process_count; i++) {
            resolve_origin(&family, image_of(trace->processes[i]));
            resolve_throttled(&family, image_of(trace->processes[i]));
        }
        resolve_ends(&family);
    }
    free(family.images);
    free(family.first_track);
    return fits ? 0 : -1;
}
