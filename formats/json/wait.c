/* SPDX-License-Identifier: Apache-2.0
 *
 * json/wait.c: see wait.h.  Asynchronous events, so that no sum of calls has them:
 *
 *     {"ph":"b","cat":"wait","id":3,"name":"call","ts":1.234,
 *      "args":{"what":"read","on":"/etc/hosts","bytes":512},"pid":1,"tid":2}
 *     {"ph":"e","cat":"wait","id":3,"name":"call","ts":2.345,"pid":1,"tid":2}
 */
#include "formats/json/wait.h"

#include <stdio.h>

#include "formats/base/escape.h"
#include "formats/shape/waitkind.h"

static void
begin(struct sink *sink, char phase, const struct wait *wait, uint32_t id,
      uint64_t ns)
{
    char text[160];
    snprintf(text, sizeof text,
             ",\n{\"ph\":\"%c\",\"cat\":\"wait\",\"id\":%u,\"name\":\"%s\","
             "\"ts\":%llu.%03u",
             phase, id + 1, waitkind_names[wait->kind],
             (unsigned long long)(ns / 1000), (unsigned)(ns % 1000));
    sink_puts(sink, text);
}

static void
member(struct sink *sink, bool *any, const char *key, const char *value)
{
    sink_puts(sink, *any ? "," : ",\"args\":{");
    escape_member(sink, key, value);
    *any = true;
}

static void
put_arguments(struct sink *sink, const struct wait *wait)
{
    bool any = false;
    if (wait->name != NULL)
        member(sink, &any, "what", wait->name->name);
    if (*wait->text != '\0')
        member(sink, &any, "on", wait->text);
    if (wait->holder != NULL)
        member(sink, &any, "holder", wait->holder->name);
    if (wait->holder_function != NULL)
        member(sink, &any, "in", wait->holder_function->name);
    if (any && wait->has_bytes)
        escape_count(sink, "bytes", wait->bytes);
    sink_puts(sink, any ? "}" : "");
}

void
json_wait_put(struct sink *sink, const struct wait *wait, uint32_t id,
              const char *suffix)
{
    begin(sink, 'b', wait, id, wait->start_ns);
    put_arguments(sink, wait);
    sink_puts(sink, suffix);
    begin(sink, 'e', wait, id, wait->end_ns);
    sink_puts(sink, suffix);
}
