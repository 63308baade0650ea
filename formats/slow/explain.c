/* SPDX-License-Identifier: Apache-2.0
 *
 * explain.c: see explain.h.
 */
#include "formats/slow/explain.h"

#include <stdio.h>

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
}
