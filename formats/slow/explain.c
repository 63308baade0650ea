/* SPDX-License-Identifier: Apache-2.0
 *
 * explain.c: see explain.h.
 */
#include "formats/slow/explain.h"

#include <stdio.h>
#include <string.h>

#include "formats/base/phrase.h"

const char *
explain_name(const struct function *function)
{
    return function->kind == FUNCTION_C ? function->name
                                        : function->qualified_name;
}

/* "200", "1.5". */
static void
say_number(char text[32], double number)
{
    snprintf(text, 32, number < 10 ? "%.2g" : "%.0f", number);
}

static void
say_times(const struct verdict *verdict, const char *name, char *text,
          size_t room)
{
    char more[32], usual[32];
    say_number(more, verdict->more);
    say_number(usual, verdict->usual_more);
    snprintf(text, room, "it calls %s %s times instead of %s", name, more,
             usual);
}

static void
say(const struct verdict *verdict, const char *name, char *text, size_t room)
{
    bool itself = verdict->culprit == verdict->function;
    switch (verdict->cause) {
    case CAUSE_CODE:
        snprintf(text, room, "its own code takes longer, or waits");
        break;
    case CAUSE_CALLEE:
        snprintf(text, room, "the extra time is in %s", name);
        break;
    case CAUSE_MORE: say_times(verdict, name, text, room); break;
    case CAUSE_ONLY:
        snprintf(text, room, "only slow calls call %s", name);
        break;
    case CAUSE_LOCK:
        snprintf(text, room, "it waits for a lock in %s", name);
        break;
    case CAUSE_GARBAGE:
        snprintf(text, room, "it runs a garbage collection");
        break;
    case CAUSE_IMPORT: snprintf(text, room, "it imports a module"); break;
    case CAUSE_EXCEPTION:
        snprintf(text, room, "an exception ends %s", itself ? "it" : name);
        break;
    case CAUSE_MANY:
        snprintf(text, room, "many calls inside it take a little longer");
        break;
    }
}

static const char *const waiting[WAIT_KINDS] = {
    [WAIT_GIL] = "waiting for the GIL",
    [WAIT_BLOCKED] = "off the CPU, blocked",
    [WAIT_PREEMPTED] = "off the CPU, which others had",
};

/* ", held by worker-3 in json.dumps" */
static void
say_holder(const struct trace *trace, const struct verdict *verdict,
           struct phrase *phrase)
{
    if (verdict->holder > 0)
        phrase_add(phrase, ", held by %s",
                   trace->tracks[verdict->holder - 1]->name);
    if (verdict->holder_function == 0)
        return;
    phrase_add(phrase, " in %s",
               explain_name(trace->functions[verdict->holder_function - 1]));
}

/* "; of the extra 30 ms, 28 ms waiting for the GIL" */
static void
say_waits(const struct trace *trace, const struct verdict *verdict, char *text,
          size_t room)
{
    struct phrase phrase = phrase_begin(text, room);
    phrase_add(&phrase, "; of the extra %.3g ms, %.3g ms %s",
               (double)verdict->extra_ns / 1e6, (double)verdict->waits_ns / 1e6,
               waiting[verdict->waits]);
    if (verdict->waits == WAIT_GIL)
        say_holder(trace, verdict, &phrase);
}

void
explain_cause(const struct trace *trace, const struct verdict *verdict,
              char *text, size_t room)
{
    const struct function *culprit = trace->functions[verdict->culprit];
    int used = 0;
    if (verdict->first)
        used = snprintf(text, room, "the first call: ");
    if (used >= 0 && (size_t)used < room)
        say(verdict, explain_name(culprit), text + used, room - (size_t)used);
    size_t length = strlen(text);
    if (verdict->waits != 0)
        say_waits(trace, verdict, text + length, room - length);
    struct phrase phrase = {text, strlen(text), room};
    phrase_add(&phrase, "%s", verdict->difference);
}
