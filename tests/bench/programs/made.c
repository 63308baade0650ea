/* SPDX-License-Identifier: Apache-2.0
 *
 * made.c: a session as large as wanted, in seconds: processes with two threads
 * each that call Python and C functions up to some depth, the same ones each
 * time.
 *
 *     made SESSION CALLS [PROCESSES]
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/spool/packed.h"
#include "tests/unit/forge.h"

#define WINDOW_WORDS (SPOOL_WINDOW_BYTES / 8)
#define FUNCTIONS    300u /* every third one in C */
#define DEEPEST      24u
#define THREADS      2u

struct thread {
    FILE *file;
    struct spool_chunk chunk;
    uint8_t bytes[SPOOL_LARGEST_CHUNK];
    size_t used; /* of bytes; 0: no chunk yet */
    uint64_t words[WINDOW_WORDS];
    size_t count;
    uint64_t base_ticks, ticks, blocks;
    uint32_t stack[DEEPEST], depth;
    uint64_t random;
};

static uint64_t allocated; /* of the file that is being written */

static void
put(FILE *file, const void *bytes, size_t count)
{
    if (fwrite(bytes, 1, count, file) != count) {
        perror("made");
        exit(1);
    }
}

static void
end_chunk(struct thread *thread)
{
    if (thread->used == 0)
        return;
    thread->chunk.offset = allocated;
    memcpy(thread->bytes, &thread->chunk, sizeof thread->chunk);
    put(thread->file, thread->bytes, sizeof thread->bytes);
    allocated += sizeof thread->bytes;
    thread->chunk.sequence++;
    thread->used = 0;
}

static void
begin_chunk(struct thread *thread)
{
    uint64_t ns = (thread->base_ticks - FORGE_TICKS) / 3;
    memset(thread->bytes, 0, sizeof thread->bytes);
    thread->chunk.base_ticks = thread->base_ticks;
    thread->chunk.clock = forge_clock(ns);
    thread->used = sizeof thread->chunk;
}

static void
end_block(struct thread *thread)
{
    static uint32_t packed[PACKED_WORST_BYTES(WINDOW_WORDS) / 4];
    size_t bytes = packed_encode(thread->words, thread->count, packed);
    size_t whole = (bytes + sizeof(struct packed_block) + 7) & ~(size_t)7;
    if (thread->used != 0 && thread->used + whole > sizeof thread->bytes)
        end_chunk(thread);
    if (thread->used == 0)
        begin_chunk(thread);
    struct packed_block block = {(uint32_t)whole, (uint32_t)thread->count,
                                 thread->blocks++, thread->base_ticks};
    memcpy(thread->bytes + thread->used, &block, sizeof block);
    memcpy(thread->bytes + thread->used + sizeof block, packed, bytes);
    thread->used += whole;
    thread->count = 0;
    thread->base_ticks = thread->ticks;
}

static uint64_t
next_random(struct thread *thread)
{
    thread->random =
        thread->random * 6364136223846793005u + 1442695040888963407u;
    return thread->random >> 33;
}

static void
record(struct thread *thread, uint32_t id, enum spool_kind kind)
{
    thread->ticks += 60 + next_random(thread) % 300;
    thread->words[thread->count++] =
        spool_word(thread->ticks - thread->base_ticks, id, kind);
    if (thread->count == WINDOW_WORDS)
        end_block(thread);
}

/* One call, and as many returns as fit: few callees for each caller and some
 * thousand different stacks, as in programs; C functions call nothing. */
static void
call(struct thread *thread)
{
    uint32_t caller = thread->depth > 0 ? thread->stack[thread->depth - 1] : 0;
    uint32_t choices = thread->depth < 6 ? 4 : 1;
    uint32_t pick = (uint32_t)(next_random(thread) % choices);
    uint32_t id = 1 + (caller * 7 + pick * 13 + thread->depth) % FUNCTIONS;
    bool in_c = id % 3 == 0;
    record(thread, id, in_c ? SPOOL_ENTER_C : SPOOL_ENTER_PYTHON);
    if (in_c) {
        record(thread, id, SPOOL_EXIT);
        return;
    }
    thread->stack[thread->depth++] = id;
    while (thread->depth > 0 &&
           (thread->depth == DEEPEST || next_random(thread) % 100 < 48))
        record(thread, thread->stack[--thread->depth], SPOOL_EXIT);
}

static void
write_thread(FILE *file, uint32_t pid, uint32_t number, uint64_t calls)
{
    static struct thread thread;
    memset(&thread, 0, sizeof thread);
    thread.file = file;
    thread.chunk = (struct spool_chunk){
        .magic = SPOOL_CHUNK_MAGIC,
        .size_bytes = sizeof thread.bytes,
        .kind = SPOOL_TRACK,
        .encoding = SPOOL_PACKED,
        .data_offset = sizeof thread.chunk,
        .pid = pid,
        .process_start_ns = FORGE_MONO,
        .tid = pid + number,
        .track = number + 1,
    };
    thread.random = pid * 1000 + number;
    thread.base_ticks = thread.ticks = forge_ticks(1000);
    while (calls-- > 0)
        call(&thread);
    while (thread.depth > 0)
        record(&thread, thread.stack[--thread.depth], SPOOL_EXIT);
    if (thread.count > 0)
        end_block(&thread);
    end_chunk(&thread);
}

static void
name_functions(struct forge *forge)
{
    for (uint32_t id = 1; id <= FUNCTIONS; id++) {
        char name[64], file[64];
        snprintf(name, sizeof name, "Worker%u.step_%u", id / 20, id);
        snprintf(file, sizeof file, "/srv/shop/lib/module%u.py", id / 20);
        if (id % 3 == 0)
            forge_function(forge, id, SPOOL_C_FUNCTION, 0, "list", name + 6,
                           "");
        else
            forge_function(forge, id, SPOOL_PYTHON_FUNCTION, id, "shop", name,
                           file);
    }
}

static void
write_process(const char *folder, uint32_t pid, uint64_t calls)
{
    char path[4096];
    struct forge forge;
    forge_begin(&forge);
    forge_open_chunk(&forge, (struct forge_chunk){.kind = SPOOL_META,
                                                  .pid = pid,
                                                  .size_bytes = 64 << 10});
    forge_put_process(&forge, (struct forge_process){.pid = pid});
    name_functions(&forge);
    snprintf(path, sizeof path, "%s/%u-made" SPOOL_SUFFIX, folder, pid);
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    put(file, forge.bytes, forge.used);
    allocated = forge.used;
    for (uint32_t i = 0; i < THREADS; i++)
        write_thread(file, pid, i, calls / THREADS);
    forge_header(&forge)->allocated = allocated;
    rewind(file);
    put(file, forge.bytes, sizeof(struct spool_header));
    if (fclose(file) != 0)
        perror(path), exit(1);
    forge_free(&forge);
}

int
main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: made SESSION CALLS [PROCESSES]\n");
        return 2;
    }
    uint64_t calls = strtoull(argv[2], NULL, 10);
    uint32_t processes = argc > 3 ? (uint32_t)atoi(argv[3]) : 2;
    forge_save_session(argv[1]);
    for (uint32_t i = 0; i < processes; i++)
        write_process(argv[1], 100 + 100 * i, calls / processes);
    return 0;
}
