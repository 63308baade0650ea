/* SPDX-License-Identifier: Apache-2.0
 *
 * perfetto/annotation.h: the messages of Perfetto that only instants and
 * counters need.
 */
#ifndef CODESNAP_PFTRACE_ANNOTATION_H
#define CODESNAP_PFTRACE_ANNOTATION_H

#include "formats/base/proto.h"
#include "formats/trace/trace.h"

/* Fields of a TrackEvent: the members of the object, one each; none of "". */
void pftrace_annotation_annotate(struct proto *event, const char *object);

/* A TrackDescriptor: the line of a counter, below its process. */
void pftrace_annotation_describe(struct proto *packet, uint64_t uuid,
                                 uint64_t process_uuid,
                                 const struct function *series);

/* Fields of a TrackEvent: the value on that line. */
void pftrace_annotation_value(struct proto *event, uint64_t uuid, double value);

#endif
