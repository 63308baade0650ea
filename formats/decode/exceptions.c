/* SPDX-License-Identifier: Apache-2.0
 *
 * exceptions.c: see exceptions.h.
 */
#include "formats/decode/exceptions.h"

#include <stdlib.h>
#include <string.h>

#include "formats/base/escape.h"
#include "formats/base/phrase.h"
#include "formats/base/text.h"
#include "formats/spool/spool.h"

/* == AS TEXT ================================================================ */

/* A record's parts, and what becomes of it. */
struct told {
    const struct function *type;
    const char *message, *function, *caught;
    uint32_t line;
    struct fate fate;
};

static char *
put_text(char *to, const char *key, const char *text)
{
    to = stpcpy(stpcpy(to, key), "\"");
    return stpcpy(escape_copy(to, text), "\"");
}

static char *
put_number(char *to, const char *key, uint32_t number)
{
    char digits[16];
    struct phrase phrase = phrase_begin(digits, sizeof digits);
    phrase_add(&phrase, "%u", number);
    return stpcpy(stpcpy(to, key), digits);
}

static char *
put_end(char *to, const struct told *told)
{
    if (told->fate.end == FATE_NOBODY)
        to = stpcpy(to, ",\"caught\":null");
    if (told->caught)
        to = put_text(to, ",\"caught\":", told->caught);
    if (told->fate.line)
        to = put_number(to, ",\"caught_line\":", told->fate.line);
    to = put_number(to, ",\"calls\":", told->fate.calls);
    return told->fate.control ? stpcpy(to, ",\"control\":true") : to;
}

#define FIXED_BYTES 160

/* As a JSON object; false without memory. */
static bool
compose(struct exceptions *exceptions, const struct told *told,
        struct instant *instant)
{
    size_t bytes = FIXED_BYTES + escape_bytes(told->message) +
                   escape_bytes(told->function) +
                   (told->caught ? escape_bytes(told->caught) : 0);
    if (bytes > exceptions->text_room) {
        char *text = realloc(exceptions->text, bytes);
        if (!text)
            return false;
        exceptions->text = text;
        exceptions->text_room = bytes;
    }
    char *to = put_text(exceptions->text, "{\"message\":", told->message);
    to = put_text(to, ",\"function\":", told->function);
    if (told->line)
        to = put_number(to, ",\"line\":", told->line);
    to = stpcpy(put_end(to, told), "}");
    instant->text = exceptions->text;
    instant->text_bytes = (size_t)(to - exceptions->text);
    return true;
}

/* == TELLING ================================================================ */

static int
tell(struct exceptions *exceptions, struct callstack *stack, uint64_t ticks,
     const struct told *told)
{
    struct emitter *emitter = &stack->emitter;
    struct instant instant = {.name = told->type,
                              .ns = emitter_stamp(emitter, ticks)};
    exceptions->told++;
    if (emitter->visitor->instant == NULL)
        return 0;
    if (!compose(exceptions, told, &instant))
        return EMITTER_FAILED;
    emitter->result = emitter->visitor->instant(emitter->context, &instant);
    return emitter->result != 0 ? EMITTER_FAILED : 0;
}

/* Of the id + 1, or of the innermost call. */
static const char *
name_of(const struct callstack *stack, uint64_t function)
{
    const struct frame *frame =
        function ? NULL : callstack_call(stack, stack->seen.count);
    if (function)
        return emitter_function(&stack->emitter, (uint32_t)function - 1)->name;
    return frame ? frame->function->name : "";
}

/* What was open before is not on the stack of the first pass. */
static void
find_end(struct told *told, const struct callstack *stack)
{
    if (told->fate.end == FATE_CAUGHT)
        told->caught =
            emitter_function(&stack->emitter, told->fate.caught)->name;
    else if (stack->prior_calls.count > 0 || stack->hidden > 0)
        told->fate.end = FATE_UNKNOWN;
}

static int
tell_texts(struct exceptions *exceptions, struct callstack *stack,
           uint64_t ticks, const uint64_t *data, struct told *told)
{
    const char *text = (const char *)&data[SPOOL_EXCEPTION_TEXT];
    uint32_t bytes = (uint32_t)data[SPOOL_EXCEPTION_BYTES];
    uint32_t place_bytes = data[SPOOL_EXCEPTION_BYTES] >> 32;
    char *message = text_clean(text, bytes);
    char *place = text_clean(text + bytes, place_bytes);
    told->message = message;
    told->function =
        place_bytes ? place : name_of(stack, data[SPOOL_EXCEPTION_PLACE]);
    int result = message && place ? tell(exceptions, stack, ticks, told)
                                  : EMITTER_FAILED;
    free(message);
    free(place);
    return result;
}

/* NULL: it makes no sense. */
static const struct function *
type_of(const struct callstack *stack, const uint64_t *data, unsigned words)
{
    uint64_t bytes = (words - SPOOL_EXCEPTION_TEXT) * sizeof(uint64_t);
    uint64_t id = data[SPOOL_EXCEPTION_WHAT] >> 8;
    if (words < SPOOL_EXCEPTION_TEXT || id >= stack->emitter.table_count ||
        (uint32_t)data[SPOOL_EXCEPTION_BYTES] +
                (data[SPOOL_EXCEPTION_BYTES] >> 32) >
            bytes)
        return NULL;
    const struct function *type = stack->emitter.table[id];
    return type->kind == FUNCTION_EXCEPTION ? type : NULL;
}

int
exceptions_tell(struct exceptions *exceptions, struct callstack *stack,
                uint64_t ticks, const uint64_t *data, unsigned words)
{
    if (words <= SPOOL_EXCEPTION_WHAT ||
        (data[SPOOL_EXCEPTION_WHAT] & 15) != SPOOL_EXCEPTION_RAISED)
        return 0;
    struct told told = {.type = type_of(stack, data, words),
                        .fate = fates_next(&exceptions->fates),
                        .line = (uint32_t)(data[SPOOL_EXCEPTION_NUMBER] >> 32)};
    if (!told.type) {
        exceptions->damaged_bytes += words * sizeof(uint64_t);
        return 0;
    }
    find_end(&told, stack);
    return tell_texts(exceptions, stack, ticks, data, &told);
}

void
exceptions_free(struct exceptions *exceptions)
{
    fates_free(&exceptions->fates);
    free(exceptions->text);
}
