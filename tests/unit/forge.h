/* SPDX-License-Identifier: Apache-2.0
 *
 * forge.h: makes sessions as an agent would leave them, in memory first, so
 * that tests can damage them in any way before they are written.  Its clock
 * shows 3 ticks a nanosecond; all times given are nanoseconds of the trace.
 */
#ifndef CODESNAP_FORGE_H
#define CODESNAP_FORGE_H

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/reader/reader.h"
#include "formats/spool/session.h"
#include "formats/spool/spool.h"

#include "tests/unit/tap.h"

#define FORGE_PAGE  4096u
#define FORGE_TICKS 90000000000ull /* at time 0 */
#define FORGE_MONO  30000000000ull
#define FORGE_REAL  1700000000000000000ull
#define FORGE_BOOT  "01234567-89ab-cdef-0123-456789abcdef"

struct forge {
    uint8_t *bytes;
    size_t used, room;
    size_t chunk;     /* where the current one starts */
    size_t cursor;    /* where its next record or entry goes */
    uint64_t base_ns; /* of the times of its records */
};

static inline uint64_t
forge_ticks(uint64_t ns)
{
    return FORGE_TICKS + 3 * ns;
}

static inline struct spool_clock
forge_clock(uint64_t ns)
{
    return (struct spool_clock){forge_ticks(ns), FORGE_MONO + ns,
                                FORGE_REAL + ns};
}

static inline void
forge_grow(struct forge *forge, size_t bytes)
{
    while (forge->used + bytes > forge->room) {
        size_t room = forge->room == 0 ? 1 << 20 : forge->room * 2;
        forge->bytes = realloc(forge->bytes, room);
        if (forge->bytes == NULL)
            abort();
        memset(forge->bytes + forge->room, 0, room - forge->room);
        forge->room = room;
    }
    forge->used += bytes;
}

static inline struct spool_header *
forge_header(struct forge *forge)
{
    return (struct spool_header *)(void *)forge->bytes;
}

static inline void
forge_begin(struct forge *forge)
{
    memset(forge, 0, sizeof *forge);
    forge_grow(forge, SPOOL_HEADER_BYTES);
    struct spool_header *header = forge_header(forge);
    memcpy(header->magic, SPOOL_MAGIC, 8);
    header->version = SPOOL_VERSION;
    header->header_bytes = SPOOL_HEADER_BYTES;
    header->page_bytes = FORGE_PAGE;
    header->clock_kind = SPOOL_TSC;
    header->clock = forge_clock(0);
    strcpy(header->boot_id, FORGE_BOOT);
    strcpy(header->host, "forge");
}

struct forge_chunk {
    enum spool_chunk_kind kind;
    uint32_t pid, tid;
    uint64_t start_ns; /* of the process */
    uint64_t track, sequence;
    uint64_t base_ns;
    uint32_t size_bytes; /* 0: 16 KiB */
    uint32_t stack_depth, stack_stored;
    const uint32_t *stack; /* ids, innermost first */
};

static inline struct spool_chunk *
forge_current(struct forge *forge)
{
    return (struct spool_chunk *)(void *)(forge->bytes + forge->chunk);
}

static inline void
forge_open_chunk(struct forge *forge, struct forge_chunk what)
{
    uint32_t size = what.size_bytes ? what.size_bytes : SPOOL_FIRST_CHUNK;
    forge->chunk = forge->used;
    forge_grow(forge, size);
    struct spool_chunk *chunk = forge_current(forge);
    chunk->magic = SPOOL_CHUNK_MAGIC;
    chunk->offset = forge->chunk;
    chunk->size_bytes = size;
    chunk->kind = (uint16_t)what.kind;
    chunk->pid = what.pid;
    chunk->tid = what.tid;
    chunk->process_start_ns = FORGE_MONO + what.start_ns;
    chunk->track = what.track;
    chunk->sequence = what.sequence;
    chunk->base_ticks = forge_ticks(what.base_ns);
    chunk->clock = forge_clock(what.base_ns);
    chunk->stack_depth = what.stack_depth;
    chunk->stack_stored = what.stack_stored;
    for (uint32_t i = 0; i < what.stack_stored; i++)
        chunk->stack[i] = what.stack[i] << 4 | SPOOL_ENTER_PYTHON;
    uint32_t data = (uint32_t)sizeof *chunk + what.stack_stored * 4;
    chunk->data_offset = (data + 7) & ~7u;
    forge->cursor = forge->chunk + chunk->data_offset;
    forge->base_ns = what.base_ns;
    forge_header(forge)->allocated = forge->used;
}

static inline void
forge_word(struct forge *forge, uint64_t word)
{
    memcpy(forge->bytes + forge->cursor, &word, sizeof word);
    forge->cursor += sizeof word;
}

static inline void
forge_record(struct forge *forge, enum spool_kind kind, uint32_t id,
             uint64_t ns)
{
    forge_word(forge, spool_word(3 * (ns - forge->base_ns), id, kind));
}

static inline void
forge_gap(struct forge *forge, uint64_t from_ns, uint64_t to_ns, uint64_t left)
{
    uint64_t delta = 3 * (to_ns - forge->base_ns);
    forge_word(forge, spool_ext_head(delta, 3, SPOOL_EXT_GAP));
    forge_word(forge, forge_ticks(from_ns));
    forge_word(forge, 1);
    forge_word(forge, left);
}

/* Recorded at ns; what more is known of it follows in words. */
static inline void
forge_wait(struct forge *forge, enum spool_wait kind, uint64_t from_ns,
           uint64_t to_ns, uint64_t ns)
{
    uint64_t delta = 3 * (ns - forge->base_ns);
    forge_word(forge, spool_ext_head(delta, 3, SPOOL_EXT_WAIT));
    forge_word(forge, forge_ticks(from_ns));
    forge_word(forge, forge_ticks(to_ns));
    forge_word(forge, (uint64_t)kind);
}

/* The id of an INSTANT_NAME; NULL is no text. */
static inline void
forge_instant(struct forge *forge, uint32_t id, uint64_t ns, const char *text)
{
    uint64_t bytes = text != NULL ? strlen(text) : 0;
    uint32_t words = 2 + (uint32_t)(bytes + 7) / 8;
    uint64_t delta = 3 * (ns - forge->base_ns);
    forge_word(forge, spool_ext_head(delta, words, SPOOL_EXT_INSTANT));
    forge_word(forge, id);
    forge_word(forge, bytes);
    if (bytes > 0)
        memcpy(forge->bytes + forge->cursor, text, bytes);
    forge->cursor += (words - 2) * sizeof(uint64_t);
}

/* count series with ids from first on; values one for each. */
static inline void
forge_counter(struct forge *forge, uint32_t first, uint64_t ns, uint32_t count,
              const double *values)
{
    uint64_t delta = 3 * (ns - forge->base_ns), bits;
    forge_word(forge, spool_ext_head(delta, 2 * count, SPOOL_EXT_COUNTER));
    for (uint32_t i = 0; i < count; i++) {
        memcpy(&bits, &values[i], sizeof bits);
        forge_word(forge, first + i);
        forge_word(forge, bits);
    }
}

/* == NAMES ================================================================== */

/* Appends an entry: its fixed part, then strings with their lengths. */
static inline void
forge_entry(struct forge *forge, const void *fixed, size_t fixed_bytes,
            enum spool_meta_type type, int strings, const char *const *texts,
            const uint32_t *lengths)
{
    size_t begin = forge->cursor, at = begin + fixed_bytes;
    memcpy(forge->bytes + begin, fixed, fixed_bytes);
    for (int i = 0; i < strings; i++) {
        memcpy(forge->bytes + at, &lengths[i], 4);
        memcpy(forge->bytes + at + 4, texts[i], lengths[i]);
        at += 4 + lengths[i];
    }
    struct spool_meta meta = {(uint32_t)((at - begin + 7) & ~7ull),
                              (uint16_t)type, 0};
    memcpy(forge->bytes + begin, &meta, sizeof meta);
    forge->cursor = begin + meta.size_bytes;
}

static inline void
forge_text_entry(struct forge *forge, const void *fixed, size_t fixed_bytes,
                 enum spool_meta_type type, int strings,
                 const char *const *texts)
{
    uint32_t lengths[4] = {0};
    for (int i = 0; i < strings; i++)
        lengths[i] = (uint32_t)strlen(texts[i]);
    forge_entry(forge, fixed, fixed_bytes, type, strings, texts, lengths);
}

struct forge_process {
    uint32_t pid;
    uint64_t start_ns;
    uint32_t parent_pid; /* of a fork; 0: executed */
    uint64_t parent_start_ns;
    uint32_t first_id;
};

/* The first entry of a meta chunk. */
static inline void
forge_put_process(struct forge *forge, struct forge_process what)
{
    static const char arguments[] = "python3\0-u\0a b.py\0x\0";
    const char *texts[] = {"/usr/bin/python3", arguments, "CPython 3.12", "/"};
    uint32_t lengths[] = {16, sizeof arguments - 1, 12, 1};
    struct spool_meta_process entry = {
        .pid = what.pid,
        .parent_pid = what.parent_pid,
        .start_ns = FORGE_MONO + what.start_ns,
        .parent_start_ns =
            what.parent_pid ? FORGE_MONO + what.parent_start_ns : 0,
        .start_ticks = forge_ticks(what.start_ns),
        .first_id = what.first_id,
        .how = what.parent_pid ? SPOOL_FORKED : SPOOL_EXECED,
    };
    forge_entry(forge, &entry, sizeof entry, SPOOL_META_PROCESS, 4, texts,
                lengths);
}

/* A meta chunk that starts with PROCESS; what follows goes into it. */
static inline void
forge_open_process(struct forge *forge, struct forge_process what)
{
    forge_open_chunk(forge, (struct forge_chunk){.kind = SPOOL_META,
                                                 .pid = what.pid,
                                                 .start_ns = what.start_ns,
                                                 .base_ns = what.start_ns});
    forge_put_process(forge, what);
}

static inline void
forge_function(struct forge *forge, uint32_t id, enum spool_function_kind kind,
               uint32_t line, const char *module, const char *name,
               const char *file)
{
    struct spool_meta_function entry = {.id = id, .kind = kind, .line = line};
    const char *texts[] = {module, name, file};
    forge_text_entry(forge, &entry, sizeof entry, SPOOL_META_FUNCTION, 3,
                     texts);
}

/* Functions first..last, called f1, f2, ... of f.py. */
static inline void
forge_functions(struct forge *forge, uint32_t first, uint32_t last)
{
    for (uint32_t id = first; id <= last; id++) {
        char name[16];
        snprintf(name, sizeof name, "f%u", id);
        forge_function(forge, id, SPOOL_PYTHON_FUNCTION, id, "m", name,
                       "/src/f.py");
    }
}

static inline void
forge_thread(struct forge *forge, uint64_t track, const char *name)
{
    struct spool_meta_thread entry = {.track = track};
    forge_text_entry(forge, &entry, sizeof entry, SPOOL_META_THREAD, 1, &name);
}

static inline void
forge_end(struct forge *forge, uint64_t ns)
{
    struct spool_meta_end entry = {.clock = forge_clock(ns)};
    forge_text_entry(forge, &entry, sizeof entry, SPOOL_META_END, 0, NULL);
}

static inline void
forge_note(struct forge *forge, enum spool_note code, uint64_t count,
           const char *text)
{
    struct spool_meta_note entry = {.code = code, .count = count};
    forge_text_entry(forge, &entry, sizeof entry, SPOOL_META_NOTE, 1, &text);
}

/* == THE USUAL ============================================================== */

/* One process, 100, that started at time 0, with functions f1 to f9, and the
 * first chunk of its main thread's track. */
static inline void
forge_simple(struct forge *forge)
{
    forge_begin(forge);
    forge_open_process(forge, (struct forge_process){.pid = 100});
    forge_functions(forge, 1, 9);
    forge_end(forge, 1000000000);
    forge_open_chunk(
        forge, (struct forge_chunk){
                   .kind = SPOOL_TRACK, .pid = 100, .tid = 100, .track = 1});
}

static inline void
forge_write(const char *path, const void *bytes, size_t count)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, bytes, count) != (ssize_t)count)
        abort();
    close(fd);
}

/* Makes the folder with its session file. */
static inline void
forge_save_session(const char *folder)
{
    char path[2048];
    struct session_file session = {.version = SPOOL_VERSION,
                                   .state = SESSION_CLOSED,
                                   .clock_kind = SPOOL_TSC,
                                   .begin = forge_clock(0),
                                   .end = forge_clock(2000000000),
                                   .boot_id = FORGE_BOOT};
    memcpy(session.magic, SESSION_MAGIC, 8);
    mkdir(folder, 0700);
    snprintf(path, sizeof path, "%s/" SESSION_FILE, folder);
    forge_write(path, &session, sizeof session);
}

/* Writes the session file and the spool into folder; count bytes of it. */
static inline void
forge_save_part(struct forge *forge, const char *folder, size_t count)
{
    char path[2048];
    forge_save_session(folder);
    snprintf(path, sizeof path, "%s/100-abc" SPOOL_SUFFIX, folder);
    forge_write(path, forge->bytes, count);
}

static inline void
forge_save(struct forge *forge, const char *folder)
{
    forge_save_part(forge, folder, forge->used);
}

static inline void
forge_free(struct forge *forge)
{
    free(forge->bytes);
    memset(forge, 0, sizeof *forge);
}

/* Saves it in a folder of its own, frees it, and opens the trace. */
static inline struct trace *
forge_open(struct forge *forge)
{
    static int number;
    char folder[512], error[512] = "";
    snprintf(folder, sizeof folder, "%s/%d", tap_scratch(), ++number);
    forge_save(forge, folder);
    forge_free(forge);
    struct trace *trace = trace_open(folder, error, sizeof error);
    if (trace == NULL)
        printf("Bail out! %s\n", error), exit(1);
    return trace;
}

#endif
