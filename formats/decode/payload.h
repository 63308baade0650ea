/* SPDX-License-Identifier: Apache-2.0
 *
 * payload.h: what the program tells at one point in time, for the second
 * pass over a track: instants and the values of counters.
 */
#ifndef CODESNAP_PAYLOAD_H
#define CODESNAP_PAYLOAD_H

#include "formats/decode/emitter.h"

/* All zeros except the emitter. */
struct payload {
    struct emitter *emitter;
    uint64_t instants, samples; /* that were told */
    uint64_t damaged_bytes;     /* left out: they make no sense */
    char *text;                 /* of the last instant, or NULL: none yet */
};

/* The words of payload of an EXT record.  0, or EMITTER_FAILED. */
int payload_counter(struct payload *payload, uint64_t ticks,
                    const uint64_t *data, unsigned words);
int payload_instant(struct payload *payload, uint64_t ticks,
                    const uint64_t *data, unsigned words);

#endif
