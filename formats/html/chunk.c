/* SPDX-License-Identifier: Apache-2.0
 *
 * html/chunk.c: the encoder of FORMAT.md's chunks.
 *
 *     codec | track events begin_ns depth stored stored x {function start how}
 *           | token bytes | token ... | nanoseconds ...
 *
 * The two columns grow apart and are joined when the chunk is full.  The head's
 * stack is written down when a chunk starts, since it has changed by its end.
 */
#include "formats/html/chunk.h"

#include <stdlib.h>
#include <string.h>

#include "formats/base/varint.h"

#define EVENTS_MAX 131072
/* So few, and the page has something to show before all else. */
#define EVENTS_FIRST 8192
/* Base64 of a chunk stays below 1 MB whatever is in it. */
#define COLUMN_BYTES 335000
#define STORED_MAX   2048
#define STACK_BYTES  (STORED_MAX * 3 * VARINT_BYTES_MAX)
#define PLAIN_BYTES  (2 * COLUMN_BYTES + STACK_BYTES + 8 * VARINT_BYTES_MAX)

_Static_assert(1 + PLAIN_BYTES <= HTML_PACK_BYTES, "a chunk fits");

enum token {
    TOKEN_GAP_BEGIN = 8,
    TOKEN_GAP_END = 9,
    TOKEN_OPEN = 16
};

struct frame {
    uint64_t start_ns;
    uint32_t function;
    uint32_t how;
};

struct html_chunk {
    struct html_pack *pack;
    struct frame *frames; /* the calls that are open, outermost first */
    size_t depth, room;
    uint32_t track;
    bool fresh;      /* the track has no event yet */
    uint32_t events; /* in this chunk */
    uint64_t begin_ns, last_ns;
    uint64_t gap_end_ns; /* of the gap that is open, 0 without one */
    uint64_t chunks, all_events;
    size_t stack_used, tokens_used, times_used;
    unsigned char stack[STACK_BYTES + 2 * VARINT_BYTES_MAX];
    unsigned char tokens[COLUMN_BYTES + VARINT_BYTES_MAX];
    unsigned char times[COLUMN_BYTES + VARINT_BYTES_MAX];
    unsigned char plain[1 + PLAIN_BYTES];
};

struct html_chunk *
html_chunk_new(struct html_pack *pack)
{
    struct html_chunk *chunk = malloc(sizeof *chunk);

    if (!chunk)
        return NULL;
    memset(chunk, 0, offsetof(struct html_chunk, stack));
    chunk->pack = pack;
    return chunk;
}

void
html_chunk_free(struct html_chunk *chunk)
{
    free(chunk->frames);
    free(chunk);
}

uint64_t
html_chunk_count(const struct html_chunk *chunk)
{
    return chunk->chunks;
}

uint64_t
html_chunk_events(const struct html_chunk *chunk)
{
    return chunk->all_events;
}

/* -- a chunk's begin and end --------------------------------------------- */

static void
begin(struct html_chunk *chunk)
{
    size_t stored = chunk->depth < STORED_MAX ? chunk->depth : STORED_MAX;
    unsigned char *at = chunk->stack;

    at = varint_put(at, chunk->depth);
    at = varint_put(at, stored);
    for (size_t i = chunk->depth - stored; i < chunk->depth; i++) {
        at = varint_put(at, chunk->frames[i].function);
        at = varint_put(at, chunk->frames[i].start_ns);
        at = varint_put(at, chunk->frames[i].how);
    }
    chunk->stack_used = (size_t)(at - chunk->stack);
    chunk->begin_ns = chunk->last_ns;
    chunk->events = 0;
    chunk->tokens_used = 0;
    chunk->times_used = 0;
}

static unsigned char *
put_bytes(unsigned char *at, const void *bytes, size_t count)
{
    memcpy(at, bytes, count);
    return at + count;
}

static size_t
join(struct html_chunk *chunk)
{
    unsigned char *at = chunk->plain;

    *at++ = 0; /* the codec */
    at = varint_put(at, chunk->track);
    at = varint_put(at, chunk->events);
    at = varint_put(at, chunk->begin_ns);
    at = put_bytes(at, chunk->stack, chunk->stack_used);
    at = varint_put(at, chunk->tokens_used);
    at = put_bytes(at, chunk->tokens, chunk->tokens_used);
    at = put_bytes(at, chunk->times, chunk->times_used);
    return (size_t)(at - chunk->plain);
}

static void
flush(struct html_chunk *chunk)
{
    html_pack_write(chunk->pack, "codesnap-chunk", "track", chunk->track,
                    chunk->plain, join(chunk));
    chunk->chunks++;
    chunk->all_events += chunk->events;
}

/* -- events -------------------------------------------------------------- */

static bool
is_full(const struct html_chunk *chunk)
{
    uint32_t most = chunk->chunks ? EVENTS_MAX : EVENTS_FIRST;

    return chunk->events == most || chunk->tokens_used > COLUMN_BYTES ||
           chunk->times_used > COLUMN_BYTES;
}

/* Times never run backwards in a track, whatever the caller says. */
static void
put(struct html_chunk *chunk, uint64_t token, uint64_t time_ns)
{
    unsigned char *tokens, *times;

    if (chunk->fresh) {
        chunk->fresh = false;
        chunk->last_ns = time_ns;
        begin(chunk);
    } else if (is_full(chunk)) {
        flush(chunk);
        begin(chunk);
    }
    if (time_ns < chunk->last_ns)
        time_ns = chunk->last_ns;
    tokens = chunk->tokens + chunk->tokens_used;
    times = chunk->times + chunk->times_used;
    chunk->tokens_used += (size_t)(varint_put(tokens, token) - tokens);
    chunk->times_used +=
        (size_t)(varint_put(times, time_ns - chunk->last_ns) - times);
    chunk->last_ns = time_ns;
    chunk->events++;
}

static void
end_gap(struct html_chunk *chunk, uint64_t time_ns)
{
    uint64_t end_ns = chunk->gap_end_ns;

    if (!end_ns || time_ns < end_ns)
        return;
    chunk->gap_end_ns = 0;
    put(chunk, TOKEN_GAP_END, end_ns);
}

/* -- the stack of what is open ------------------------------------------- */

static int
push(struct html_chunk *chunk, const struct span *span)
{
    if (chunk->depth == chunk->room) {
        size_t room = chunk->room ? 2 * chunk->room : 256;
        struct frame *frames =
            realloc(chunk->frames, room * sizeof *chunk->frames);
        if (!frames)
            return -1;
        chunk->frames = frames;
        chunk->room = room;
    }
    chunk->frames[chunk->depth++] = (struct frame){
        .start_ns = span->start_ns,
        .function = span->function->number,
        .how = (uint32_t)span->opened,
    };
    return 0;
}

void
html_chunk_begin_track(struct html_chunk *chunk, uint32_t track)
{
    chunk->track = track;
    chunk->fresh = true;
    chunk->depth = 0;
    chunk->gap_end_ns = 0;
}

int
html_chunk_open(struct html_chunk *chunk, const struct span *span)
{
    uint64_t function = span->function->number;

    end_gap(chunk, span->start_ns);
    put(chunk, TOKEN_OPEN + function * 4 + (uint64_t)span->opened,
        span->start_ns);
    return push(chunk, span);
}

void
html_chunk_close(struct html_chunk *chunk, const struct span *span)
{
    end_gap(chunk, span->end_ns);
    put(chunk, (uint64_t)span->closed, span->end_ns);
    if (chunk->depth)
        chunk->depth--;
}

/* The spans that end inside a gap are closed after it was told, so its end
 * waits for the first event that is not before it. */
void
html_chunk_gap(struct html_chunk *chunk, uint64_t start_ns, uint64_t end_ns)
{
    end_gap(chunk, UINT64_MAX);
    put(chunk, TOKEN_GAP_BEGIN, start_ns);
    chunk->gap_end_ns = end_ns > start_ns ? end_ns : start_ns + 1;
}

void
html_chunk_end_track(struct html_chunk *chunk)
{
    end_gap(chunk, UINT64_MAX);
    if (!chunk->fresh)
        flush(chunk);
}
