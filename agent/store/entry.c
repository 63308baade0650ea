/* SPDX-License-Identifier: Apache-2.0
 *
 * entry.c: see entry.h.
 */
#include "agent/store/entry.h"

#include <errno.h>
#include <string.h>

#include "agent/base/lock.h"
#include "agent/store/spool.h"

/* Guarded by lock.  An id is used only after next_id passed it, so that a fork in
 * between never gives it out twice. */
static struct {
    struct lock lock;
    struct piece chunk, first_chunk;
    struct piece inherited; /* the parent's first chunk, see entry.h */
    char *next;
    uint64_t sequence;
    uint32_t next_id;
} entries;

static int
begin_chunk(uint32_t least_bytes)
{
    uint32_t page = spool_page_bytes();
    uint32_t wanted = entries.sequence < 6
                          ? SPOOL_FIRST_CHUNK << entries.sequence
                          : SPOOL_LARGEST_CHUNK;
    if (wanted < least_bytes + sizeof(struct spool_chunk))
        wanted = least_bytes + (uint32_t)sizeof(struct spool_chunk);
    wanted = (wanted + page - 1) & ~(page - 1);

    if (entries.sequence > 1)
        spool_release(&entries.chunk);
    else if (entries.sequence == 1)
        entries.first_chunk = entries.chunk;
    if (spool_take(&entries.chunk, wanted) < 0 ||
        spool_secure(entries.chunk.address, wanted) < 0)
        return -1;
    struct spool_chunk head = {
        .kind = SPOOL_META,
        .data_offset = sizeof head,
        .pid = process.pid,
        .process_start_ns = process.start_ns,
        .sequence = entries.sequence++,
    };
    spool_begin_chunk(&entries.chunk, &head);
    entries.next = entries.chunk.address + head.data_offset;
    return 0;
}

static uint32_t
whole_bytes(uint32_t fixed_bytes, const struct text *texts, int count)
{
    uint64_t bytes = fixed_bytes;
    for (int i = 0; i < count; i++)
        bytes += sizeof(uint32_t) + texts[i].length;
    return (uint32_t)((bytes + 7) & ~7ull);
}

static void
copy_texts(char *to, const struct text *texts, int count)
{
    for (int i = 0; i < count; i++) {
        memcpy(to, &texts[i].length, sizeof(uint32_t));
        if (texts[i].length)
            memcpy(to + sizeof(uint32_t), texts[i].bytes, texts[i].length);
        to += sizeof(uint32_t) + texts[i].length;
    }
}

static int
make_room(uint32_t bytes)
{
    const struct piece *chunk = &entries.chunk;
    if (chunk->address && entries.next + bytes <= chunk->address + chunk->bytes)
        return 0;
    if (begin_chunk(bytes) == 0)
        return 0;
    process_break(errno);
    return -1;
}

/* Its first word is stored last.  Lock held. */
static char *
append(const struct spool_meta *fixed, uint32_t fixed_bytes,
       const struct text *texts, int count)
{
    uint32_t bytes = whole_bytes(fixed_bytes, texts, count);
    if (process_is_broken() || make_room(bytes) < 0)
        return NULL;
    char *entry = entries.next;
    struct spool_meta head = {bytes, fixed->type, 0};
    uint64_t word;
    memcpy(&word, &head, sizeof word);
    memcpy(entry + sizeof word, (const char *)fixed + sizeof word,
           fixed_bytes - sizeof word);
    copy_texts(entry + fixed_bytes, texts, count);
    __atomic_store_n((uint64_t *)(void *)entry, word, __ATOMIC_RELEASE);
    entries.next += bytes;
    return entry;
}

char *
entry_append(const struct spool_meta *fixed, uint32_t fixed_bytes,
             const struct text *texts, int count)
{
    lock_acquire(&entries.lock);
    char *entry = append(fixed, fixed_bytes, texts, count);
    lock_release(&entries.lock);
    return entry;
}

int64_t
entry_append_function(struct spool_meta_function *fixed,
                      const struct text names[3])
{
    lock_acquire(&entries.lock);
    int64_t id = entries.next_id;
    fixed->id = (uint32_t)id;
    if (id >= SPOOL_FUNCTION_LIMIT)
        process_break(EOVERFLOW);
    if (!append(&fixed->meta, sizeof *fixed, names, 3))
        id = -1;
    else
        __atomic_store_n(&entries.next_id, entries.next_id + 1,
                         __ATOMIC_RELEASE);
    lock_release(&entries.lock);
    return id;
}

uint32_t
entry_next_id(void)
{
    return entries.next_id;
}

void
entry_leave_chunks(void)
{
    entries.inherited =
        entries.sequence == 1 ? entries.chunk : entries.first_chunk;
    if (entries.sequence > 1)
        spool_release(&entries.chunk); /* perhaps half written */
    entries.chunk.address = entries.first_chunk.address = NULL;
    entries.sequence = 0;
}

void
entry_leave_first_chunk(void)
{
    spool_release(&entries.inherited);
}

void
entry_forget(void)
{
    spool_release(&entries.chunk);
    spool_release(&entries.first_chunk);
    entries.sequence = entries.next_id = 0;
}
