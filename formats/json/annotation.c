/* SPDX-License-Identifier: Apache-2.0
 *
 * json/annotation.c: see annotation.h.
 *
 *     {"ph":"i","s":"t","cat":"instant","name":"miss","ts":1.234,
 *      "args":{"key":7},"pid":1,"tid":2}
 *     {"ph":"C","cat":"counter","name":"queue","ts":1.234,
 *      "args":{"length":12},"pid":1,"tid":2}
 */
#include "formats/json/annotation.h"

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
json_annotation_instant(struct json_annotation *annotation,
                        const struct instant *instant, const char *suffix)
{
    json_annotation_finish(annotation, suffix);
    begin(annotation->sink,
          instant->name->kind == FUNCTION_EXCEPTION
              ? "\"i\",\"s\":\"t\",\"cat\":\"exception\","
              : "\"i\",\"s\":\"t\",\"cat\":\"instant\",",
          instant->name->name, instant->ns);
    sink_puts(annotation->sink, instant->text_bytes > 0 ? instant->text : "{}");
    sink_puts(annotation->sink, suffix);
}

void
json_annotation_sample(struct json_annotation *annotation,
                       const struct sample *sample, const char *suffix)
{
    const char *counter = sample->series->module;
    const char *series = sample->series->qualified_name;
    bool more = annotation->counter != NULL && annotation->ns == sample->ns &&
                strcmp(annotation->counter, counter) == 0;
    if (!more) {
        json_annotation_finish(annotation, suffix);
        begin(annotation->sink, "\"C\",\"cat\":\"counter\",", counter,
              sample->ns);
        annotation->counter = counter;
        annotation->ns = sample->ns;
    }
    sink_puts(annotation->sink, more ? "," : "{");
    escape_string(annotation->sink, series[0] != '\0' ? series : "value");
    sink_puts(annotation->sink, ":");
    escape_number(annotation->sink, sample->value);
}

void
json_annotation_finish(struct json_annotation *annotation, const char *suffix)
{
    if (annotation->counter == NULL)
        return;
    annotation->counter = NULL;
    sink_puts(annotation->sink, "}");
    sink_puts(annotation->sink, suffix);
}
