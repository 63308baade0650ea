/* SPDX-License-Identifier: Apache-2.0
 *
 * perfetto/annotation.c: see annotation.h.  Values go out as the JSON they are,
 * which Perfetto takes apart itself, except for plain numbers and words: as JSON
 * it passes those over, or falls over them.
 */
#include "formats/perfetto/annotation.h"

#include <stdlib.h>
#include <string.h>

#include "formats/perfetto/fields.h"
#include "formats/trace/jsonobject.h"

static bool
put_integer(struct proto *annotation, const char *text, size_t bytes)
{
    char copy[24], *end;
    if (bytes >= 19) /* surely within 64 bits below */
        return false;
    memcpy(copy, text, bytes);
    copy[bytes] = '\0';
    int64_t value = strtoll(copy, &end, 10);
    if (*end != '\0')
        return false;
    proto_number(annotation, ANNOTATION_INT, (uint64_t)value);
    return true;
}

static void
put_value(struct proto *annotation, const char *text, size_t bytes)
{
    bool number = *text == '-' || (*text >= '0' && *text <= '9');
    if (number && put_integer(annotation, text, bytes))
        return;
    if (number) /* it ends where the text goes on with , or } */
        proto_double(annotation, ANNOTATION_DOUBLE, strtod(text, NULL));
    else if (*text == 't' || *text == 'f')
        proto_number(annotation, ANNOTATION_BOOL, *text == 't');
    else if (*text == 'n')
        proto_text(annotation, ANNOTATION_STRING, "null");
    else
        proto_bytes(annotation, ANNOTATION_JSON, text, bytes);
}

void
pftrace_annotation_annotate(struct proto *event, const char *object)
{
    const char *at = object;
    struct jsonobject_member member;
    while (*at != '\0' && jsonobject_next(&at, &member)) {
        size_t annotation = proto_begin(event, EVENT_ANNOTATION);
        proto_bytes(event, ANNOTATION_NAME, member.key, member.key_bytes);
        put_value(event, member.value, member.value_bytes);
        proto_end(event, annotation);
    }
}

void
pftrace_annotation_describe(struct proto *packet, uint64_t uuid,
                            uint64_t process_uuid,
                            const struct function *series)
{
    size_t descriptor = proto_begin(packet, PACKET_DESCRIPTOR);
    proto_number(packet, DESCRIPTOR_UUID, uuid);
    proto_text(packet, DESCRIPTOR_NAME, series->name);
    proto_number(packet, DESCRIPTOR_PARENT, process_uuid);
    proto_bytes(packet, DESCRIPTOR_COUNTER, "", 0);
    proto_end(packet, descriptor);
}

void
pftrace_annotation_value(struct proto *event, uint64_t uuid, double value)
{
    proto_number(event, EVENT_TYPE, TYPE_COUNTER);
    proto_number(event, EVENT_TRACK, uuid);
    proto_double(event, EVENT_DOUBLE, value);
}
