/* SPDX-License-Identifier: Apache-2.0
 *
 * livecopy.c: a ring is copied while its writer goes on between any two reads, at
 * any pace: no block is misread, and none is missing behind what is dropped.
 */
#include "formats/spool/livecopy.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>

#include "formats/spool/packed.h"
#include "tests/unit/tap.h"

#define PAGE   4096u
#define SLOTS  4  /* of packed chunks, behind the window and the names */
#define BLOCKS 2  /* in each */
#define WORDS  12 /* in each */

/* == THE WRITER =========================================================== */

/* Block n has the times from 1000 n on, and ids n. */
static struct {
    int fd;
    int phase;
    uint64_t generation; /* of the window */
    uint64_t sequence;   /* of the packed chunk that is next */
    uint64_t first[SLOTS];
    uint64_t room; /* blocks that the current chunk still has room for */
    uint64_t at;   /* where the next one goes */
    bool running;
    int wait, pace; /* reads before it does, and its steps then at each */
} writer;

static void
put(uint64_t offset, const void *bytes, size_t count)
{
    if (pwrite(writer.fd, bytes, count, (off_t)offset) != (ssize_t)count)
        abort();
}

static void
put_word(uint64_t offset, uint64_t word)
{
    put(offset, &word, sizeof word);
}

static uint64_t
word_of(uint64_t block, uint64_t i)
{
    return spool_word(i, (uint32_t)block,
                      i % 2 ? SPOOL_EXIT : SPOOL_ENTER_PYTHON);
}

static void
put_chunk(uint64_t offset, struct spool_chunk chunk)
{
    chunk.offset = offset;
    chunk.size_bytes = PAGE;
    chunk.data_offset = sizeof chunk;
    chunk.pid = 7;
    put(offset, &chunk, sizeof chunk);
    put_word(offset, SPOOL_CHUNK_MAGIC);
}

static uint64_t
slot_offset(uint64_t sequence)
{
    return (3 + sequence % SLOTS) * PAGE;
}

static void
take_slot(void)
{
    static const char zeros[PAGE];
    uint64_t offset = slot_offset(writer.sequence);
    if (writer.sequence >= SLOTS)
        put_word(offsetof(struct spool_header, dropped_ticks),
                 1000 * (writer.first[writer.sequence % SLOTS] + BLOCKS));
    put_word(offset, 0);
    put(offset, zeros, sizeof zeros);
}

static void
begin_chunk(void)
{
    writer.first[writer.sequence % SLOTS] = writer.generation;
    writer.at = slot_offset(writer.sequence) + sizeof(struct spool_chunk);
    writer.room = BLOCKS;
    put_chunk(slot_offset(writer.sequence),
              (struct spool_chunk){.kind = SPOOL_TRACK,
                                   .encoding = SPOOL_PACKED,
                                   .track = 1,
                                   .base_ticks = 1000 * writer.generation,
                                   .sequence = writer.sequence});
    writer.sequence++;
}

static void
store_block(void)
{
    uint64_t words[WORDS], first;
    uint32_t bytes[PACKED_WORST_BYTES(WORDS) / 4];
    for (uint64_t i = 0; i < WORDS; i++)
        words[i] = word_of(writer.generation, i);
    size_t count = packed_encode(words, WORDS, bytes);
    struct packed_block block = {(uint32_t)(sizeof block + count + 7) & ~7u,
                                 WORDS, writer.generation,
                                 1000 * writer.generation};
    memcpy(&first, &block, sizeof first);
    put(writer.at + sizeof first, (char *)&block + sizeof first,
        sizeof block - sizeof first);
    put(writer.at + sizeof block, bytes, count);
    put_word(writer.at, first);
    writer.at += block.size_bytes;
    writer.room--;
}

/* What the agent does in one store, or what no reader can tell from that. */
static void
step(void)
{
    const uint64_t window = PAGE, data = window + sizeof(struct spool_chunk);
    if (writer.phase < WORDS)
        put_word(data + 8 * (uint64_t)writer.phase,
                 word_of(writer.generation, (uint64_t)writer.phase));
    else if (writer.phase == WORDS && !writer.room)
        take_slot();
    else if (writer.phase == WORDS + 1 && !writer.room)
        begin_chunk();
    else if (writer.phase == WORDS + 2)
        store_block();
    else if (writer.phase >= WORDS + 3 && writer.phase < 2 * WORDS + 3)
        put_word(data + 8 * (uint64_t)(writer.phase - WORDS - 3), 0);
    else if (writer.phase == 2 * WORDS + 3)
        put_word(window + offsetof(struct spool_chunk, base_ticks),
                 1000 * (writer.generation + 1));
    else if (writer.phase == 2 * WORDS + 4)
        put_word(window + offsetof(struct spool_chunk, generation),
                 ++writer.generation);
    writer.phase = writer.phase == 2 * WORDS + 4 ? 0 : writer.phase + 1;
}

static void
begin(int warm)
{
    struct spool_header header = {.magic = SPOOL_MAGIC,
                                  .version = SPOOL_VERSION,
                                  .header_bytes = PAGE,
                                  .features = SPOOL_RING,
                                  .page_bytes = PAGE,
                                  .clock_kind = SPOOL_MONOTONIC_NS,
                                  .allocated = (3 + SLOTS) * PAGE};
    int fd = writer.fd;
    memset(&writer, 0, sizeof writer);
    writer.fd = fd;
    if (ftruncate(fd, 0) != 0 || ftruncate(fd, (off_t)header.allocated) != 0)
        abort();
    put(0, &header, sizeof header);
    put_chunk(PAGE, (struct spool_chunk){.kind = SPOOL_TRACK,
                                         .encoding = SPOOL_WINDOW,
                                         .track = 1,
                                         .sequence = SPOOL_WINDOW_SEQUENCE});
    put_chunk(2 * PAGE, (struct spool_chunk){.kind = SPOOL_META});
    for (int i = 0; i < warm; i++)
        step();
}

static void
go_on(int steps)
{
    for (int i = 0; writer.running && i < steps; i++)
        step();
}

/* In the place of libc's: what the copying reads, piece by piece where the writer
 * does not wait for it. */
ssize_t
pread(int fd, void *bytes, size_t count, off_t at)
{
    ssize_t got = 0, more = 1;
    size_t each = writer.running && fd == writer.fd ? 256 : count;
    bool waits = writer.wait-- > 0;
    for (; more > 0 && (size_t)got < count; got += more) {
        size_t left = count - (size_t)got;
        more = syscall(SYS_pread64, fd, (char *)bytes + got,
                       left < each ? left : each, at + got);
        go_on(waits ? 0 : writer.pace);
    }
    return got;
}

/* == THE COPY ============================================================= */

struct found {
    bool seen[4096]; /* blocks; with the window's, where it is whole */
    uint64_t generation;
    bool misread;
};

static void
look_at_words(struct found *found, const uint64_t *words, size_t count,
              uint64_t block)
{
    for (size_t i = 0; i < count && words[i]; i++)
        found->misread |= words[i] != word_of(block, i);
}

static void
look_at_blocks(struct found *found, const char *page)
{
    uint64_t words[WORDS];
    struct packed_block block;
    for (size_t at = sizeof(struct spool_chunk);; at += block.size_bytes) {
        memcpy(&block, page + at, sizeof block);
        if (!block.size_bytes)
            return;
        size_t count = packed_decode(
            (const uint32_t *)(const void *)(page + at + sizeof block),
            block.size_bytes - sizeof block, words, WORDS);
        found->misread |=
            count != WORDS || block.base_ticks != 1000 * block.number;
        look_at_words(found, words, count, block.number);
        found->seen[block.number] = true;
    }
}

static void
look_at(struct found *found, struct spoolfile *copy)
{
    struct spool_chunk chunk;
    char page[PAGE];
    while (spoolfile_next(copy, &chunk) > 0) {
        spoolfile_read(copy, chunk.offset, page, sizeof page);
        if (chunk.encoding == SPOOL_PACKED)
            look_at_blocks(found, page);
        if (chunk.encoding == SPOOL_WINDOW)
            found->generation = chunk.generation;
    }
}

static bool
is_later(const struct found *found)
{
    bool later = false;
    for (uint64_t block = found->generation + 1; block < 4096; block++)
        later |= found->seen[block];
    return later;
}

/* Behind what is dropped every block is there, up to the window. */
static bool
is_whole(const struct found *found, uint64_t dropped_ticks)
{
    for (uint64_t block = dropped_ticks / 1000; block < found->generation;
         block++)
        if (!found->seen[block])
            return false;
    return true;
}

struct verdict {
    int copies, failed, misread, missing, later, damaged;
};

static void
copy_once(struct verdict *verdict, int to)
{
    static struct found found;
    struct spoolfile live, copy;
    if (ftruncate(to, 0) != 0 || spoolfile_adopt(&live, writer.fd) != 0)
        abort();
    writer.running = true;
    int result = livecopy_make(&live, to);
    writer.running = false;
    verdict->copies++;
    if (result != 0 || spoolfile_adopt(&copy, to) != 0) {
        verdict->failed++;
        return;
    }
    memset(&found, 0, sizeof found);
    look_at(&found, &copy);
    verdict->misread += found.misread;
    verdict->missing += !is_whole(&found, copy.header.dropped_ticks);
    verdict->later += is_later(&found);
    verdict->damaged += copy.damaged_bytes != 0;
}

static struct verdict
copy_in_every_order(void)
{
    struct verdict verdict = {0};
    int to = open(tap_scratch(), O_TMPFILE | O_RDWR, 0600);
    writer.fd = open(tap_scratch(), O_TMPFILE | O_RDWR, 0600);
    for (int warm = 0; warm < 300; warm += 37)
        for (int wait = 0; wait < 24; wait += 2)
            for (int pace = 1; pace < 20; pace += 1 + pace) {
                begin(warm);
                writer.wait = wait;
                writer.pace = pace;
                copy_once(&verdict, to);
            }
    return verdict;
}

int
main(void)
{
    struct verdict verdict = copy_in_every_order();
    tap_ok(verdict.copies > 400, "a ring is copied in hundreds of orders");
    tap_equal("each time it can be", verdict.failed, 0);
    tap_equal("no block is misread", verdict.misread, 0);
    tap_equal("none is missing behind what is dropped", verdict.missing, 0);
    tap_equal("none is later than the window", verdict.later, 0);
    tap_equal("nothing in the copy is damaged", verdict.damaged, 0);
    return tap_done();
}
