/* SPDX-License-Identifier: Apache-2.0
 *
 * delay.c: a queue that is moved to its begin whenever it runs empty, which a
 * filter makes happen often.  See delay.h.
 */
#include "formats/shape/delay.h"

#include <stdlib.h>
#include <string.h>

#define MOST_ENTRIES 65536u
#define MOST_BYTES   (8u << 20)

struct delayed {
    enum {
        IS_INSTANT,
        IS_SAMPLE,
        IS_WAIT,
        IS_SPAN
    } what;
    char *text; /* an instant's, a wait's */
    union {
        struct instant instant;
        struct sample sample;
        struct wait wait;
        struct span span;
    } as;
};

bool
delay_is_full(const struct delay *delay)
{
    return delay->count >= MOST_ENTRIES || delay->text_bytes >= MOST_BYTES;
}

static struct delayed *
append(struct delay *delay)
{
    if (delay->count == delay->room) {
        size_t room = delay->room == 0 ? 64 : delay->room * 2;
        void *list = realloc(delay->list, room * sizeof *delay->list);
        if (list == NULL)
            return NULL;
        delay->list = list;
        delay->room = room;
    }
    return &delay->list[delay->count];
}

int
delay_instant(struct delay *delay, const struct instant *instant)
{
    struct delayed *last = append(delay);
    char *text = last != NULL ? malloc(instant->text_bytes + 1) : NULL;
    if (text == NULL)
        return -1;
    memcpy(text, instant->text, instant->text_bytes + 1);
    *last = (struct delayed){IS_INSTANT, text, {.instant = *instant}};
    last->as.instant.text = text;
    delay->text_bytes += instant->text_bytes;
    delay->count++;
    return 0;
}

static int
keep(struct delay *delay, struct delayed delayed)
{
    struct delayed *last = append(delay);
    if (last == NULL)
        return -1;
    *last = delayed;
    delay->count++;
    return 0;
}

int
delay_sample(struct delay *delay, const struct sample *sample)
{
    return keep(delay, (struct delayed){IS_SAMPLE, NULL, {.sample = *sample}});
}

int
delay_wait(struct delay *delay, const struct wait *wait)
{
    char *text = strdup(wait->text);
    if (text == NULL ||
        keep(delay, (struct delayed){IS_WAIT, text, {.wait = *wait}}) != 0) {
        free(text);
        return -1;
    }
    delay->list[delay->count - 1].as.wait.text = text;
    delay->text_bytes += strlen(text);
    return 0;
}

int
delay_span(struct delay *delay, const struct span *span)
{
    return keep(delay, (struct delayed){IS_SPAN, NULL, {.span = *span}});
}

static int
tell_span(const struct span *span, const struct track_visitor *visitor,
          void *context)
{
    struct span open = *span;
    open.end_ns = 0;
    open.closed = CLOSE_UNFINISHED;
    int result = visitor->open != NULL ? visitor->open(context, &open) : 0;
    return result == 0 && visitor->close != NULL ? visitor->close(context, span)
                                                 : result;
}

static int
tell(const struct delayed *delayed, const struct track_visitor *visitor,
     void *context)
{
    if (delayed->what == IS_SPAN)
        return tell_span(&delayed->as.span, visitor, context);
    if (delayed->what == IS_SAMPLE)
        return visitor->sample != NULL
                   ? visitor->sample(context, &delayed->as.sample)
                   : 0;
    if (delayed->what == IS_WAIT)
        return visitor->wait != NULL ? visitor->wait(context, &delayed->as.wait)
                                     : 0;
    return visitor->instant != NULL
               ? visitor->instant(context, &delayed->as.instant)
               : 0;
}

static uint64_t
time_of(const struct delayed *delayed)
{
    return delayed->what == IS_SPAN     ? delayed->as.span.start_ns
           : delayed->what == IS_WAIT   ? delayed->as.wait.start_ns
           : delayed->what == IS_SAMPLE ? delayed->as.sample.ns
                                        : delayed->as.instant.ns;
}

int
delay_tell(struct delay *delay, uint64_t ns,
           const struct track_visitor *visitor, void *context)
{
    int result = 0;
    while (delay->first < delay->count && result == 0 &&
           time_of(&delay->list[delay->first]) < ns) {
        struct delayed *delayed = &delay->list[delay->first++];
        result = tell(delayed, visitor, context);
        free(delayed->text);
    }
    if (delay->first == delay->count)
        delay->first = delay->count = delay->text_bytes = 0;
    return result;
}

void
delay_free(struct delay *delay)
{
    for (; delay->first < delay->count; delay->first++)
        free(delay->list[delay->first].text);
    free(delay->list);
    *delay = (struct delay){.list = NULL};
}
