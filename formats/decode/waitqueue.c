/* SPDX-License-Identifier: Apache-2.0
 *
 * waitqueue.c: see waitqueue.h.
 */
#include "formats/decode/waitqueue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/list.h"
#include "formats/base/text.h"

/* What is shorter and not known is worth no word. */
#define SHORT_NS 100000u

#define NO_TEXT SIZE_MAX

struct pending {
    uint64_t begin, end; /* ticks */
    uint64_t what, holder, amount;
    size_t text; /* where it lies, or NO_TEXT */
};

/* == COLLECTING =========================================================== */

/* Cleaned, and behind the others.  NO_TEXT, with *failed, without memory. */
static size_t
keep_text(struct waitqueue *waits, const char *bytes, size_t count,
          bool *failed)
{
    size_t room = waits->text_bytes + 3 * count + 1, at = waits->text_bytes;
    if (room > waits->text_room) {
        char *texts = realloc(waits->texts, room * 2);
        if (texts == NULL) {
            *failed = true;
            return NO_TEXT;
        }
        waits->texts = texts;
        waits->text_room = room * 2;
    }
    size_t clean = text_clean_into(waits->texts + at, bytes, count);
    waits->texts[at + clean] = '\0';
    waits->text_bytes += clean + 1;
    return at;
}

/* Behind those that begin earlier, and those that it lies in. */
static int
insert(struct waitqueue *waits, struct pending wait)
{
    if (waits->count == waits->room &&
        list_grow((void **)&waits->list, &waits->room, sizeof wait) != 0)
        return -1;
    uint32_t at = waits->count++;
    for (; at > waits->first && (waits->list[at - 1].begin > wait.begin ||
                                 (waits->list[at - 1].begin == wait.begin &&
                                  waits->list[at - 1].end < wait.end));
         at--)
        waits->list[at] = waits->list[at - 1];
    waits->list[at] = wait;
    waits->next_ticks = waits->list[waits->first].begin;
    return 0;
}

/* Up to ticks all is known of the processor, but for what lies before the first time
 * that this is said. */
static int
know(struct waitqueue *waits, uint64_t ticks)
{
    bool is_first = waits->known_ticks == 0;
    waits->known_ticks = ticks;
    return !is_first || waits->begin_ticks >= ticks
               ? 0
               : insert(waits, (struct pending){.begin = waits->begin_ticks,
                                                .end = ticks,
                                                .what = WAIT_UNSEEN,
                                                .amount = UINT64_MAX,
                                                .text = NO_TEXT});
}

static int
take(struct waitqueue *waits, const uint64_t *data, size_t words)
{
    uint64_t kind = words > SPOOL_WAIT_WHAT ? data[SPOOL_WAIT_WHAT] & 255 : 0;
    bool failed = false;
    if (kind == 0 || kind >= WAIT_KINDS ||
        data[SPOOL_WAIT_END] < data[SPOOL_WAIT_BEGIN]) {
        waits->damaged_bytes += words * sizeof *data;
        return 0;
    }
    if (data[SPOOL_WAIT_END] == data[SPOOL_WAIT_BEGIN])
        return know(waits, data[SPOOL_WAIT_END]);
    struct pending wait = {.begin = data[SPOOL_WAIT_BEGIN],
                           .end = data[SPOOL_WAIT_END],
                           .what = data[SPOOL_WAIT_WHAT],
                           .amount = UINT64_MAX,
                           .text = NO_TEXT};
    if (words >= SPOOL_WAIT_TEXT) {
        uint64_t bytes = data[SPOOL_WAIT_TEXT_BYTES];
        wait.holder = data[SPOOL_WAIT_HOLDER];
        wait.amount = data[SPOOL_WAIT_AMOUNT];
        if (bytes > 0 && bytes <= (words - SPOOL_WAIT_TEXT) * sizeof *data)
            wait.text = keep_text(waits, (const char *)(data + SPOOL_WAIT_TEXT),
                                  (size_t)bytes, &failed);
    }
    return failed ? -1 : insert(waits, wait);
}

/* How many words the record has that starts there. */
static size_t
length_of(uint64_t head)
{
    return (head & 15) == SPOOL_EXT ? (head >> 16 & SPOOL_EXT_WORDS_MAX) + 1
                                    : 1;
}

int64_t
waitqueue_collect(struct waitqueue *waits, const uint64_t *words, size_t count,
                  bool leading)
{
    size_t at = 0, length = 1;
    for (; at < count && words[at] != 0; at += length) {
        length = length_of(words[at]);
        if (length > count - at || (leading && !waitqueue_is_wait(words[at]) &&
                                    (words[at] & 15) != SPOOL_TIME))
            break;
        if (waitqueue_is_wait(words[at]) &&
            take(waits, words + at + 1, length - 1) != 0)
            return -1;
    }
    return (int64_t)at;
}

/* == TELLING ============================================================== */

static const struct function *
function_of(const struct emitter *emitter, uint64_t id_plus_1)
{
    return id_plus_1 == 0
               ? NULL
               : emitter_function(emitter, (uint32_t)(id_plus_1 - 1));
}

static const struct track *
track_of(const struct waitqueue *waits, uint64_t number_plus_1)
{
    return number_plus_1 == 0 || waits->find_track == NULL
               ? NULL
               : waits->find_track(waits->find_context, number_plus_1 - 1);
}

static int
tell(struct waitqueue *waits, struct emitter *emitter, const struct wait *wait)
{
    uint64_t least_ns = wait->kind == WAIT_UNSEEN ? SHORT_NS : 0;
    if (wait->end_ns <= wait->start_ns + least_ns)
        return 0;
    waits->ns[wait->kind] += wait->end_ns - wait->start_ns;
    if (emitter->visitor->wait == NULL)
        return 0;
    emitter->result = emitter->visitor->wait(emitter->context, wait);
    return emitter->result != 0 ? EMITTER_FAILED : 0;
}

/* What follows at ticks is not earlier than its end, whatever the clocks say; but for
 * a time of which nothing is known. */
static int
tell_pending(struct waitqueue *waits, struct emitter *emitter,
             const struct pending *pending, uint64_t ticks)
{
    uint64_t start_ns = emitter_ns(emitter, pending->begin);
    bool is_cut = pending->end > ticks && (pending->what & 255) != WAIT_UNSEEN;
    const struct wait wait = {
        .kind = (enum wait_kind)(pending->what & 255),
        .start_ns = start_ns < emitter->next_ns ? emitter->next_ns : start_ns,
        .end_ns = emitter_ns(emitter, is_cut ? ticks : pending->end),
        .name = function_of(emitter, pending->what >> 8),
        .holder = track_of(waits, pending->holder >> 32),
        .holder_function = function_of(emitter, pending->holder & UINT32_MAX),
        .has_bytes = pending->amount != UINT64_MAX,
        .bytes = pending->amount,
        .text = pending->text == NO_TEXT ? "" : waits->texts + pending->text,
    };
    return tell(waits, emitter, &wait);
}

int
waitqueue_tell(struct waitqueue *waits, struct emitter *emitter, uint64_t ticks)
{
    int result = 0;
    while (waits->first < waits->count && result == 0 &&
           waits->list[waits->first].begin <= ticks)
        result =
            tell_pending(waits, emitter, &waits->list[waits->first++], ticks);
    if (waits->first == waits->count)
        waits->first = waits->count = waits->text_bytes = 0;
    waits->next_ticks =
        waits->count > 0 ? waits->list[waits->first].begin : UINT64_MAX;
    return result;
}

int
waitqueue_finish(struct waitqueue *waits, struct emitter *emitter)
{
    struct wait unseen = {.kind = WAIT_UNSEEN, .text = ""};
    int result = waitqueue_tell(waits, emitter, UINT64_MAX);
    if (waits->known_ticks == 0 || result != 0)
        return result;
    unseen.start_ns = emitter_ns(emitter, waits->known_ticks);
    unseen.end_ns = emitter->next_ns > 0 ? emitter->next_ns - 1 : 0;
    return tell(waits, emitter, &unseen);
}

/* == BEGIN AND END ======================================================== */

void
waitqueue_clear(struct waitqueue *waits)
{
    waits->first = waits->count = waits->text_bytes = 0;
    waits->next_ticks = UINT64_MAX;
    waits->known_ticks = waits->damaged_bytes = 0;
    memset(waits->ns, 0, sizeof waits->ns);
}

void
waitqueue_free(struct waitqueue *waits)
{
    free(waits->list);
    free(waits->texts);
}
