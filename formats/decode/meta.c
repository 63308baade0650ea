/* SPDX-License-Identifier: Apache-2.0
 *
 * meta.c: walks the entries of a meta chunk.  See meta.h.
 */
#include "formats/decode/meta.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of the entry's fixed part, by type; 0 for types that are not known. */
static size_t
fixed_bytes(uint16_t type)
{
    switch (type) {
    case SPOOL_META_PROCESS: return sizeof(struct spool_meta_process);
    case SPOOL_META_FUNCTION: return sizeof(struct spool_meta_function);
    case SPOOL_META_THREAD: return sizeof(struct spool_meta_thread);
    case SPOOL_META_GREENLET: return sizeof(struct spool_meta_greenlet);
    case SPOOL_META_END: return sizeof(struct spool_meta_end);
    case SPOOL_META_NOTE: return sizeof(struct spool_meta_note);
    case SPOOL_META_FILTER: return sizeof(struct spool_meta_filter);
    case SPOOL_META_RULE: return sizeof(struct spool_meta_rule);
    case SPOOL_META_THROTTLED: return sizeof(struct spool_meta_throttled);
    case SPOOL_META_COST: return sizeof(struct spool_meta_cost);
    case SPOOL_META_STARTUP: return sizeof(struct spool_meta_startup);
    case SPOOL_META_ORIGIN: return sizeof(struct spool_meta_origin);
    case SPOOL_META_SOURCE: return sizeof(struct spool_meta_source);
    case SPOOL_META_STATUS: return sizeof(struct spool_meta_status);
    case SPOOL_META_USAGE: return sizeof(struct spool_meta_usage);
    default: return 0;
    }
}

static int
visit_all(const char *data, size_t count, meta_visit *visit, void *context,
          uint64_t *damaged)
{
    while (count >= sizeof(struct spool_meta)) {
        const struct spool_meta *entry = (const void *)data;
        size_t size = entry->size_bytes, fixed = fixed_bytes(entry->type);
        if (size == 0)
            return 0;
        if (size > count || size % 8 != 0 || size < fixed) {
            *damaged += count;
            return 0;
        }
        int result = fixed > 0 ? visit(context, entry) : 0;
        if (result != 0)
            return result;
        data += size;
        count -= size;
    }
    return 0;
}

int
meta_read(struct spoolfile *file, const struct spool_chunk *chunk,
          meta_visit *visit, void *context, uint64_t *damaged)
{
    size_t count = chunk->size_bytes - chunk->data_offset;
    char *data = malloc(count + 1);
    if (data == NULL) {
        errno = ENOMEM;
        return -1;
    }
    int64_t got =
        spoolfile_read(file, chunk->offset + chunk->data_offset, data, count);
    int result = -1;
    if (got >= 0)
        result = visit_all(data, (size_t)got, visit, context, damaged);
    free(data);
    return result;
}

struct meta_text
meta_string(const struct spool_meta *entry, unsigned index)
{
    struct meta_text text = {"", 0};
    size_t at = fixed_bytes(entry->type), end = entry->size_bytes;
    for (unsigned i = 0;; i++) {
        uint32_t count;
        if (end - at < sizeof count)
            return (struct meta_text){"", 0};
        memcpy(&count, (const char *)entry + at, sizeof count);
        at += sizeof count;
        text.bytes = (const char *)entry + at;
        text.count = count < end - at ? count : end - at;
        at += text.count;
        if (i == index)
            return text;
    }
}
