/* SPDX-License-Identifier: Apache-2.0
 *
 * sqlite/lists.c: the small tables: processes, threads, functions, tasks, notes.
 */
#include "formats/sqlite/database.h"

#ifdef HAVE_SQLITE

#    include "formats/shape/own.h"
#    include "formats/trace/trouble.h"

static int
put_task(struct database *base, sqlite3_stmt *insert, uint32_t number)
{
    const struct listed_task *task = &base->tasks.list[number];
    const struct listed_task *parent =
        tasklist_find(&base->tasks, task->track->process, task->parent);
    const char *ended = tasklist_ended(task);
    database_bind_number(insert, 1, (uint64_t)number + 1);
    database_bind_number(insert, 2, (uint64_t)task->track->number + 1);
    database_bind_text(insert, 3, task->name);
    if (parent != NULL)
        database_bind_number(insert, 4,
                             (uint64_t)(parent - base->tasks.list) + 1);
    else
        sqlite3_bind_null(insert, 4);
    database_bind_number(insert, 5, task->start_ns);
    database_bind_number(insert, 6, task->end_ns);
    if (ended != NULL)
        database_bind_text(insert, 7, ended);
    else
        sqlite3_bind_null(insert, 7);
    database_bind_function(insert, 8, task->function);
    database_bind_function(insert, 9, ended == NULL ? task->awaited : NULL);
    return database_step(base, insert);
}

static int
put_process(struct database *base, sqlite3_stmt *insert, uint32_t number)
{
    const struct process *process = base->trace->processes[number];
    database_bind_number(insert, 1, (uint64_t)number + 1);
    database_bind_number(insert, 2, process->pid);
    database_bind_number(insert, 3, process->parent_pid);
    database_bind_text(insert, 4, process->name);
    database_bind_text(insert, 5, process->command);
    database_bind_number(insert, 6, process->start_ns);
    database_bind_number(insert, 7, process->end_ns);
    database_bind_number(insert, 8, process->ended);
    return database_step(base, insert);
}

static int
put_thread(struct database *base, sqlite3_stmt *insert, uint32_t number)
{
    const struct track *track = base->trace->tracks[number];
    database_bind_number(insert, 1, (uint64_t)number + 1);
    database_bind_number(insert, 2, (uint64_t)track->process->number + 1);
    database_bind_number(insert, 3, track->tid);
    database_bind_text(insert, 4, track->name);
    database_bind_number(insert, 5, track->main);
    database_bind_number(insert, 6, track->start_ns);
    database_bind_number(insert, 7, track->end_ns);
    database_bind_number(insert, 8, track->ended);
    return database_step(base, insert);
}

static int
put_function(struct database *base, sqlite3_stmt *insert, uint32_t number)
{
    static const char *const kinds[] = {
        [FUNCTION_PYTHON] = "python",       [FUNCTION_C] = "c",
        [FUNCTION_TRACER] = "tracer",       [FUNCTION_UNKNOWN] = "unknown",
        [FUNCTION_SPAN] = "span",           [FUNCTION_INSTANT] = "instant",
        [FUNCTION_COUNTER] = "counter",     [FUNCTION_WAIT] = "wait",
        [FUNCTION_EXCEPTION] = "exception",
    };
    const struct function *function = base->trace->functions[number];
    database_bind_number(insert, 1, (uint64_t)number + 1);
    database_bind_text(insert, 2, function->name);
    database_bind_text(insert, 3, function->module);
    database_bind_text(insert, 4, function->file);
    database_bind_number(insert, 5, function->line);
    database_bind_text(insert, 6, kinds[function->kind]);
    database_bind_number(insert, 7, own_is(function));
    return database_step(base, insert);
}

/* end_ns NULL: to the end. */
static int
put_throttled(struct database *base, sqlite3_stmt *insert, uint32_t number)
{
    const struct trouble *trouble =
        &base->trace->troubles.first[TROUBLE_THROTTLED][number];
    if (trouble->function == NULL)
        return 0;
    database_bind_number(insert, 1, (uint64_t)trouble->function->number + 1);
    database_bind_number(insert, 2, trouble->ns);
    if (trouble->end_ns)
        database_bind_number(insert, 3, trouble->end_ns);
    else
        sqlite3_bind_null(insert, 3);
    database_bind_number(insert, 4, trouble->calls_per_second);
    return database_step(base, insert);
}

static int
put_note(struct database *base, sqlite3_stmt *insert, uint32_t number)
{
    const struct note *note = &base->trace->notes[number];
    database_bind_number(insert, 1, (uint64_t)note->process->number + 1);
    database_bind_number(insert, 2, note->count);
    database_bind_text(insert, 3, note->text);
    return database_step(base, insert);
}

static int
put_rows(struct database *base, const char *text, uint32_t count,
         int (*put)(struct database *, sqlite3_stmt *, uint32_t))
{
    sqlite3_stmt *insert = database_prepare(base, text);
    int result = insert != NULL ? 0 : -1;
    for (uint32_t i = 0; i < count && result == 0; i++)
        result = put(base, insert, i);
    sqlite3_finalize(insert);
    return result;
}

static int
put_facts(struct database *base)
{
    const struct trace *trace = base->trace;
    const struct {
        const char *key;
        uint64_t value;
    } facts[] = {
        {"realtime_ns", trace->realtime_ns},
        {"duration_ns", trace->duration_ns},
        {"calls", trace->calls},
        {"instants", trace->instants},
        {"exceptions", trace->exceptions},
        {"samples", trace->samples},
        {"anomalies", trace->anomalies},
        {"lost", trace->lost},
        {"damaged_bytes", trace->damaged_bytes},
        {"arguments_passed", trace->arguments_passed},
    };
    sqlite3_stmt *insert =
        database_prepare(base, "insert into trace values (?, ?)");
    int result = insert != NULL ? 0 : -1;
    for (size_t i = 0; i < sizeof facts / sizeof *facts && result == 0; i++) {
        database_bind_text(insert, 1, facts[i].key);
        database_bind_number(insert, 2, facts[i].value);
        result = database_step(base, insert);
    }
    if (result == 0) {
        database_bind_text(insert, 1, "command");
        database_bind_text(insert, 2, trace->command);
        result = database_step(base, insert);
    }
    sqlite3_finalize(insert);
    return result;
}

int
database_put_lists(struct database *base)
{
    const struct trace *trace = base->trace;
    if (put_rows(base, "insert into processes values (?,?,?,?,?,?,?,?)",
                 trace->process_count, put_process) != 0 ||
        put_rows(base, "insert into threads values (?,?,?,?,?,?,?,?)",
                 trace->track_count, put_thread) != 0 ||
        put_rows(base, "insert into functions values (?,?,?,?,?,?,?)",
                 trace->function_count, put_function) != 0 ||
        put_rows(base, "insert into notes values (?,?,?)", trace->note_count,
                 put_note) != 0 ||
        put_rows(base, "insert into tasks values (?,?,?,?,?,?,?,?,?)",
                 base->tasks.count, put_task) != 0 ||
        put_rows(base, "insert into throttled values (?,?,?,?)",
                 trouble_kept(&trace->troubles, TROUBLE_THROTTLED),
                 put_throttled) != 0)
        return -1;
    return put_facts(base);
}

#endif
