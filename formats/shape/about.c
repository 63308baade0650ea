/* SPDX-License-Identifier: Apache-2.0
 *
 * about.c: see about.h.
 */
#include "formats/shape/about.h"

#include "formats/trace/trouble.h"

/* key comes with what stands before it: `"pid` or `,"name`. */
static void
put_key(struct sink *sink, const char *key)
{
    sink_puts(sink, key);
    sink_puts(sink, "\":");
}

static void
put_number(struct sink *sink, const char *key, uint64_t number)
{
    put_key(sink, key);
    sink_decimal(sink, number);
}

static void
put_flag(struct sink *sink, const char *key, bool flag)
{
    put_key(sink, key);
    sink_puts(sink, flag ? "true" : "false");
}

static void
put_number_or_null(struct sink *sink, const char *key, bool known,
                   uint64_t number)
{
    put_key(sink, key);
    if (known)
        sink_decimal(sink, number);
    else
        sink_puts(sink, "null");
}

static void
put_origin(struct sink *sink, const struct process *process)
{
    put_key(sink, ",\"origin");
    if (process->origin == NULL) {
        sink_puts(sink, "null");
        return;
    }
    put_number(sink, "{\"track", process->origin->number);
    put_number(sink, ",\"ns", process->origin_ns);
    sink_puts(sink, "}");
}

void
about_process(struct sink *sink, const struct process *process,
              void (*text)(struct sink *sink, const char *text))
{
    const struct process *parent = process->forked_from;
    put_number(sink, "\"pid", process->pid);
    put_number(sink, ",\"parent_pid", process->parent_pid);
    put_number_or_null(sink, ",\"forked_from", parent != NULL,
                       parent != NULL ? parent->number : 0);
    put_key(sink, ",\"name");
    text(sink, process->name);
    put_key(sink, ",\"command");
    text(sink, process->command);
    put_key(sink, ",\"interpreter");
    text(sink, process->interpreter);
    put_key(sink, ",\"directory");
    text(sink, process->directory);
    put_number(sink, ",\"start_ns", process->start_ns);
    put_number(sink, ",\"end_ns", process->end_ns);
    put_key(sink, ",\"filter");
    text(sink, process->filter);
    put_flag(sink, ",\"ended", process->ended);
    if (process->running)
        put_flag(sink, ",\"running", true);
    put_number(sink, ",\"python_call_ps", process->python_call_ps);
    put_number(sink, ",\"c_call_ps", process->c_call_ps);
    put_number(sink, ",\"startup_ns", process->startup_ns);
    if (process->has_usage) {
        put_number(sink, ",\"cpu_ns", process->cpu_ns);
        put_number(sink, ",\"delay_ns", process->delay_ns);
    }
    put_origin(sink, process);
    put_number_or_null(sink, ",\"status", process->has_status,
                       (uint32_t)process->wait_status);
    put_flag(sink, ",\"replaced", process->replaced);
}

/* == TROUBLES =============================================================== */

static void
put_place(struct sink *sink, const struct trouble *trouble,
          enum trouble_kind kind,
          void (*text)(struct sink *sink, const char *text))
{
    put_number(sink, "{\"ns", trouble->ns);
    if (kind == TROUBLE_GAP || trouble->end_ns != 0)
        put_number(sink, ",\"end_ns", trouble->end_ns);
    if (kind == TROUBLE_THROTTLED)
        put_number(sink, ",\"calls_per_second", trouble->calls_per_second);
    if (trouble->track != NULL) {
        put_number(sink, ",\"pid", trouble->track->process->pid);
        put_number(sink, ",\"tid", trouble->track->tid);
        put_key(sink, ",\"thread");
        text(sink, trouble->track->name);
    }
    if (trouble->function != NULL) {
        put_key(sink, ",\"function");
        text(sink, trouble->function->name);
    }
    sink_puts(sink, "}");
}

static void
put_trouble(struct sink *sink, const struct troubles *troubles,
            enum trouble_kind kind,
            void (*text)(struct sink *sink, const char *text))
{
    put_key(sink, "{\"kind");
    text(sink, trouble_name(kind));
    put_number(sink, ",\"count", troubles->count[kind]);
    put_key(sink, ",\"first");
    for (uint32_t i = 0; i < trouble_kept(troubles, kind); i++) {
        sink_puts(sink, i == 0 ? "[" : ",");
        put_place(sink, &troubles->first[kind][i], kind, text);
    }
    sink_puts(sink, "]}");
}

void
about_troubles(struct sink *sink, const struct trace *trace,
               void (*text)(struct sink *sink, const char *text))
{
    const struct troubles *troubles = &trace->troubles;
    const char *before = "";
    put_key(sink, ",\"troubles");
    sink_puts(sink, "[");
    for (int kind = 0; kind < TROUBLE_KINDS; kind++) {
        if (troubles->count[kind] == 0)
            continue;
        sink_puts(sink, before);
        put_trouble(sink, troubles, (enum trouble_kind)kind, text);
        before = ",";
    }
    sink_puts(sink, "]");
}
