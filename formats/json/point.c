/* SPDX-License-Identifier: Apache-2.0
 *
 * json/point.c: see json_point.h.
 *
 *     {"ph":"i","s":"t","cat":"instant","name":"miss","ts":1.234,
 *      "args":{"key":7},"pid":1,"tid":2}
 *     {"ph":"C","cat":"counter","name":"queue","ts":1.234,
 *      "args":{"length":12},"pid":1,"tid":2}
 */
#include "formats/json/point.h"

#include <stdio.h>
#include <string.h>

#include "formats/base/escape.h"

static void
begin(struct sink *sink, const char *kind, const char *name, uint64_t ns)
{
    char time[48];
    sink_puts(sink, ",\n{\"ph\":");
    sink_puts(sink, kind);
    escape_member(sink, "name", name);
    snprintf(time, sizeof time,
             ",\"ts\":%llu.%03u,\"args\":", (unsigned long long)(ns / 1000),
             (unsigned)(ns % 1000));
    sink_puts(sink, time);
}

void
json_point_instant(struct json_point *point, const struct instant *instant,
                   const char *suffix)
{
    json_point_finish(point, suffix);
    begin(point->sink, "\"i\",\"s\":\"t\",\"cat\":\"instant\",",
          instant->name->name, instant->ns);
    sink_puts(point->sink, instant->text_bytes > 0 ? instant->text : "{}");
    sink_puts(point->sink, suffix);
}

void
json_point_sample(struct json_point *point, const struct sample *sample,
                  const char *suffix)
{
    const char *counter = sample->series->module;
    const char *series = sample->series->qualified_name;
    bool more = point->counter != NULL && point->ns == sample->ns &&
                strcmp(point->counter, counter) == 0;
    if (!more) {
        json_point_finish(point, suffix);
        begin(point->sink, "\"C\",\"cat\":\"counter\",", counter, sample->ns);
        point->counter = counter;
        point->ns = sample->ns;
    }
    sink_puts(point->sink, more ? "," : "{");
    escape_string(point->sink, series[0] != '\0' ? series : "value");
    sink_puts(point->sink, ":");
    escape_number(point->sink, sample->value);
}

void
json_point_finish(struct json_point *point, const char *suffix)
{
    if (point->counter == NULL)
        return;
    point->counter = NULL;
    sink_puts(point->sink, "}");
    sink_puts(point->sink, suffix);
}
