/* SPDX-License-Identifier: Apache-2.0
 *
 * delay.h: instants, samples, waits and closed spans that wait until it is known whether
 * the calls that started before them are told, so that the time of what a filter
 * tells only grows.  Bounded: when it is full, the filter must decide.
 */
#ifndef CODESNAP_DELAY_H
#define CODESNAP_DELAY_H

#include <stdbool.h>
#include <stddef.h>

#include "formats/trace/trace.h"

struct delay {
    struct delayed *list; /* in the order of time */
    size_t first, count, room;
    size_t text_bytes;
};

bool delay_is_full(const struct delay *delay);
/* 0, or -1 without memory.  The instant's text is copied. */
int delay_instant(struct delay *delay, const struct instant *instant);
int delay_sample(struct delay *delay, const struct sample *sample);
int delay_wait(struct delay *delay, const struct wait *wait);
int delay_span(struct delay *delay, const struct span *span);
/* Tell the visitor what lies before ns; 0, or what it returned. */
int delay_tell(struct delay *delay, uint64_t ns,
               const struct track_visitor *visitor, void *context);
void delay_free(struct delay *delay);

#endif
