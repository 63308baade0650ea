/* SPDX-License-Identifier: Apache-2.0
 *
 * metered.c: see metered.h.
 */
#include "formats/reader/metered.h"

#include <stdlib.h>
#include <string.h>

#include "formats/spool/meter.h"

/* == OPENING ============================================================== */

static struct meta_text
text_of(const char *text)
{
    return (struct meta_text){text, strlen(text)};
}

static int
intern_series(struct archive *archive)
{
    for (int i = 0; i < LOAD_VALUES; i++) {
        enum load_value value = (enum load_value)i;
        archive->metered[i] = names_intern(
            &archive->names, FUNCTION_COUNTER, 0, text_of(load_counter(value)),
            text_of(load_series(value)), text_of(""));
        if (!archive->metered[i])
            return -1;
    }
    return 0;
}

int
metered_open(struct archive *archive)
{
    bool any = false;
    for (uint32_t i = 0; i < archive->source_count; i++) {
        struct source *source = &archive->sources[i];
        source->meter = meter_read(source->path, &source->meter_count);
        any |= source->meter_count > 0;
    }
    if (any && intern_series(archive) != 0)
        return -1;
    archive->trace.functions = archive->names.functions;
    archive->trace.function_count = archive->names.count;
    return 0;
}

void
metered_close(struct archive *archive)
{
    for (uint32_t i = 0; i < archive->source_count; i++)
        free(archive->sources[i].meter);
}

/* == WHICH ================================================================ */

/* Pids may be given again: only while this very image ran.  What a ring has dropped
 * lies before time 0. */
static bool
is_of(const struct metered *metered, const struct meter_entry *entry,
      uint64_t ns)
{
    const struct image *image = metered->stored->image;
    uint64_t since = metered->stored->track.start_ns;
    if (archive_join(image->boot, entry->load.at_ns) <
        metered->archive->zero_ns)
        return false;
    return entry->pid == image->process.pid % SOURCE_STRIDE &&
           entry->load.at_ns >= image->start_monotonic_ns && ns >= since &&
           ns <= image->process.end_ns;
}

static uint64_t
ns_of(const struct metered *metered, const struct meter_entry *entry)
{
    return archive_ns(metered->archive, metered->stored->image->boot,
                      entry->load.at_ns);
}

/* Go to the next one of the process. */
static void
look_on(struct metered *metered)
{
    metered->next_ns = UINT64_MAX;
    for (; metered->next < metered->end; metered->next++) {
        uint64_t ns = ns_of(metered, metered->next);
        if (is_of(metered, metered->next, ns)) {
            metered->next_ns = ns;
            return;
        }
    }
}

/* == TELLING ============================================================== */

static int
tell_one(struct metered *metered)
{
    const struct load *now = &metered->next->load;
    struct sample sample = {.ns = metered->next_ns};
    for (int i = 0; i < LOAD_VALUES; i++) {
        sample.series = metered->archive->metered[i];
        sample.value = load_value(now, metered->before, (enum load_value)i);
        int result = sample.value >= 0 && metered->inner->sample
                         ? metered->inner->sample(metered->context, &sample)
                         : 0;
        if (result)
            return result;
        metered->samples += sample.value >= 0;
    }
    metered->before = now;
    metered->next++;
    return 0;
}

/* All until then. */
static int
tell_until(struct metered *metered, uint64_t ns)
{
    int result = 0;
    while (!result && metered->next_ns <= ns &&
           metered->next_ns != UINT64_MAX) {
        result = tell_one(metered);
        look_on(metered);
    }
    return result;
}

/* == BETWEEN ALL ELSE ===================================================== */

#define BEFORE(ns, call)                                      \
    struct metered *metered = context;                        \
    int result = __builtin_expect((ns) < metered->next_ns, 1) \
                     ? 0                                      \
                     : tell_until(metered, ns);               \
    return result ? result : metered->inner->call

static int
open_span(void *context, const struct span *span)
{
    BEFORE(span->start_ns, open(metered->context, span));
}

static int
close_span(void *context, const struct span *span)
{
    BEFORE(span->end_ns, close(metered->context, span));
}

static int
leaf(void *context, const struct span *span)
{
    BEFORE(span->start_ns, leaf(metered->context, span));
}

static int
gap(void *context, uint64_t start_ns, uint64_t end_ns)
{
    BEFORE(start_ns, gap(metered->context, start_ns, end_ns));
}

static int
instant(void *context, const struct instant *one)
{
    BEFORE(one->ns, instant(metered->context, one));
}

static int
sample_value(void *context, const struct sample *one)
{
    BEFORE(one->ns, sample(metered->context, one));
}

static int
wait_span(void *context, const struct wait *wait)
{
    BEFORE(wait->start_ns, wait(metered->context, wait));
}

static int
task(void *context, const struct task *task)
{
    struct metered *metered = context;
    return metered->inner->task(metered->context, task);
}

static int
task_step(void *context, const struct task_step *step)
{
    struct metered *metered = context;
    return metered->inner->task_step(metered->context, step);
}

bool
metered_begin(struct metered *metered, struct archive *archive,
              const struct stored_track *stored,
              const struct track_visitor *inner, void *context)
{
    const struct source *source =
        &archive->sources[archive->spools[stored->image->spool].source];
    uint32_t number = stored->track.number;
    if (!source->meter_count ||
        (number > 0 &&
         archive->trace.tracks[number - 1]->process == stored->track.process))
        return false;
    *metered = (struct metered){.archive = archive,
                                .stored = stored,
                                .next = source->meter,
                                .end = source->meter + source->meter_count,
                                .inner = inner,
                                .context = context,
                                .visitor = *inner};
    metered->visitor.open = inner->open ? open_span : NULL;
    metered->visitor.close = inner->close ? close_span : NULL;
    metered->visitor.leaf = inner->leaf ? leaf : NULL;
    metered->visitor.gap = inner->gap ? gap : NULL;
    metered->visitor.instant = inner->instant ? instant : NULL;
    metered->visitor.sample = inner->sample ? sample_value : NULL;
    metered->visitor.wait = inner->wait ? wait_span : NULL;
    metered->visitor.task = inner->task ? task : NULL;
    metered->visitor.task_step = inner->task_step ? task_step : NULL;
    look_on(metered);
    return true;
}

int
metered_finish(struct metered *metered)
{
    return tell_until(metered, UINT64_MAX - 1);
}
