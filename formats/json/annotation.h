/* SPDX-License-Identifier: Apache-2.0
 *
 * json/annotation.h: instants and counters as Chrome trace events.
 */
#ifndef CODESNAP_JSON_ANNOTATION_H
#define CODESNAP_JSON_ANNOTATION_H

#include <stdint.h>

#include "formats/base/sink.h"
#include "formats/trace/trace.h"

/* One event C has all series of a counter that were told together, so it stays
 * open until something else is told. */
struct json_annotation {
    struct sink *sink;
    const char *counter; /* of the event that is open, or NULL */
    uint64_t ns;
};

/* suffix is the event's end, from its pid on. */
void json_annotation_instant(struct json_annotation *annotation,
                             const struct instant *instant, const char *suffix);
void json_annotation_sample(struct json_annotation *annotation,
                            const struct sample *sample, const char *suffix);
/* End the event that is open, if any; call it before writing another. */
void json_annotation_finish(struct json_annotation *annotation,
                            const char *suffix);

#endif
