/* SPDX-License-Identifier: Apache-2.0
 *
 * trigger.c: see trigger.h.
 */
#include "formats/base/trigger.h"

#include <string.h>

#include "formats/base/amount.h"

#define WORD "exception"

static bool
is(struct span_of_text text, const char *word)
{
    return text.length == strlen(word) &&
           memcmp(text.bytes, word, text.length) == 0;
}

/* ">50ms" from there on; 0: no duration. */
static uint64_t
read_duration(struct span_of_text text)
{
    char copy[32];
    if (text.length == 0 || text.length >= sizeof copy)
        return 0;
    memcpy(copy, text.bytes, text.length);
    copy[text.length] = '\0';
    return amount_duration_ns(copy);
}

static bool
read_exception(struct span_of_text text, struct trigger *trigger)
{
    size_t length = strlen(WORD);
    if (text.length < length || memcmp(text.bytes, WORD, length) != 0)
        return false;
    trigger->what =
        (struct span_of_text){text.bytes + length, text.length - length};
    trigger->kind = TRIGGER_EXCEPTION;
    if (trigger->what.length == 0)
        return true;
    trigger->what.bytes++;
    trigger->what.length--;
    return text.bytes[length] == ':' && trigger->what.length > 0;
}

/* The last '>' parts it: a name may have one, as in <lambda>. */
static bool
read_call(struct span_of_text text, struct trigger *trigger)
{
    size_t at = text.length;
    while (at > 0 && text.bytes[at - 1] != '>')
        at--;
    if (at == 0)
        return false;
    trigger->what = (struct span_of_text){text.bytes, at - 1};
    trigger->ns =
        read_duration((struct span_of_text){text.bytes + at, text.length - at});
    trigger->kind = is(trigger->what, "gc") ? TRIGGER_COLLECTION : TRIGGER_CALL;
    return trigger->ns > 0;
}

int
trigger_read(struct span_of_text text, struct trigger *trigger)
{
    *trigger = (struct trigger){.text = text};
    if (text.length <= TRIGGER_TEXT_MOST &&
        (read_call(text, trigger) || read_exception(text, trigger)) &&
        (trigger->kind != TRIGGER_CALL || !pattern_fault(trigger->what)))
        return 0;
    trigger->kind = TRIGGER_NONE;
    return -1;
}

const char *
trigger_fault(struct span_of_text text)
{
    struct trigger trigger;
    if (trigger_read(text, &trigger) == 0)
        return NULL;
    if (text.length > TRIGGER_TEXT_MOST)
        return "is too long; give at most 200 bytes";
    if (trigger.ns && trigger.what.bytes && pattern_fault(trigger.what))
        return pattern_fault(trigger.what);
    return "is no trigger; give 'MODULE:NAME>50ms', exception, "
           "exception:TYPE or 'gc>20ms'";
}

static bool
is_plain(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '_' || byte == '.';
}

void
trigger_label(const char *text, char label[TRIGGER_LABEL_ROOM])
{
    size_t used = 0;
    for (size_t i = 0; text[i] && used < TRIGGER_LABEL_ROOM - 1; i++)
        if (is_plain(text[i]))
            label[used++] = text[i];
        else if (used && label[used - 1] != '-')
            label[used++] = '-';
    label[used] = '\0';
}
