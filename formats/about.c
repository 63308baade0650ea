/* SPDX-License-Identifier: Apache-2.0
 *
 * about.c: see about.h.
 */
#include "formats/about.h"

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
    put_flag(sink, ",\"ended", process->ended);
    put_number(sink, ",\"python_call_ps", process->python_call_ps);
    put_number(sink, ",\"c_call_ps", process->c_call_ps);
    put_origin(sink, process);
    put_number_or_null(sink, ",\"status", process->has_status,
                       (uint32_t)process->wait_status);
    put_flag(sink, ",\"replaced", process->replaced);
}
