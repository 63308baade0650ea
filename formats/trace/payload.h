/* SPDX-License-Identifier: Apache-2.0
 *
 * payload.h: what the program tells at one point in time, for the second
 * pass over a track: instants and the values of counters.
 */
#ifndef CODESNAP_PAYLOAD_H
#define CODESNAP_PAYLOAD_H

#include "formats/trace/decoder.h"

/* The words of payload of an EXT record.  0, or DECODER_FAILED as in decoder.h.
 * What makes no sense is left out and counted as damaged. */
int payload_counter(struct decoder *decoder, uint64_t ticks,
                    const uint64_t *payload, unsigned words);
int payload_instant(struct decoder *decoder, uint64_t ticks,
                    const uint64_t *payload, unsigned words);

#endif
