/* SPDX-License-Identifier: Apache-2.0
 *
 * trigger.c: what a user says is taken as what it means.
 */
#include "formats/base/trigger.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/tap.h"

/* "KIND WHAT NS" */
static const char *
told(const char *text)
{
    static char line[256];
    struct trigger trigger;
    trigger_read((struct span_of_text){text, strlen(text)}, &trigger);
    snprintf(line, sizeof line, "%d %.*s %" PRIu64, (int)trigger.kind,
             (int)trigger.what.length,
             trigger.what.bytes ? trigger.what.bytes : "", trigger.ns);
    return line;
}

static const char *
label(const char *text)
{
    static char label[TRIGGER_LABEL_ROOM];
    trigger_label(text, label);
    return label;
}

static bool
is_none(const char *text)
{
    struct trigger trigger;
    struct span_of_text span = {text, strlen(text)};
    return trigger_read(span, &trigger) < 0 && trigger_fault(span);
}

int
main(void)
{
    tap_same("a call", told("app:f>50ms"), "1 app:f 50000000");
    tap_same("the last > parts it", told("a:f.<locals>.<lambda>>1s"),
             "1 a:f.<locals>.<lambda> 1000000000");
    tap_same("a collection", told("gc>20ms"), "3 gc 20000000");
    tap_same("a function that is called gc", told("*:gc>20ms"),
             "1 *:gc 20000000");
    tap_same("what nobody catches", told("exception"), "2  0");
    tap_same("a type", told("exception:app.Error"), "2 app.Error 0");
    tap_ok(is_none("f") && is_none("f>") && is_none(">1s") && is_none("f>1") &&
               is_none("exception:") && is_none("exceptional") && is_none(""),
           "what is none is said to be none");
    tap_same("a label", label("app:f.<locals>.g>50ms"),
             "app-f.-locals-.g-50ms");
    tap_same("a label begins with a letter", label("*:f>1s"), "f-1s");
    tap_same("no label leads elsewhere", label("/a/b c"), "a-b-c");
    return tap_done();
}
