/* SPDX-License-Identifier: Apache-2.0
 *
 * sqlite/events.c: the large tables, row by row while the tracks are read.
 */
#include "formats/sqlite/database.h"

#ifdef HAVE_SQLITE

#    include <stdlib.h>
#    include <string.h>

#    include "formats/shape/waitkind.h"
#    include "formats/trace/jsonobject.h"
#    include "formats/trace/jsonstring.h"

/* == SPANS ================================================================== */

int
database_track_begin(void *state, const struct track *track)
{
    struct database *base = state;
    base->thread = track->number + 1;
    base->track = track;
    base->depth = 0;
    return 0;
}

int
database_open(void *state, const struct span *span)
{
    struct database *base = state;
    if (base->depth == base->room) {
        size_t room = base->room * 2 + 256;
        void *open = realloc(base->open, room * sizeof *base->open);
        if (open == NULL)
            return -1;
        base->open = open;
        base->room = room;
    }
    base->open[base->depth++] = (struct row){.id = ++base->next_id};
    base->open_of[span->function->number]++;
    return 0;
}

static uint64_t
resumed(enum open_how opened)
{
    return opened == OPEN_BEFORE ? 2 : opened != OPEN_CALL;
}

/* Arrays and objects as JSON text; a string without its quotes and escapes. */
static int
bind_json(sqlite3_stmt *statement, int number,
          const struct jsonobject_member *member)
{
    const char *text = member->value;
    int bytes = (int)member->value_bytes;
    if (*text == 'n')
        return sqlite3_bind_null(statement, number);
    if (*text == 't' || *text == 'f')
        return sqlite3_bind_int(statement, number, *text == 't');
    if (*text == '[' || *text == '{')
        return sqlite3_bind_text(statement, number, text, bytes, SQLITE_STATIC);
    if (*text != '"' && memchr(text, '.', member->value_bytes) == NULL &&
        memchr(text, 'e', member->value_bytes) == NULL)
        return sqlite3_bind_int64(statement, number, strtoll(text, NULL, 10));
    if (*text != '"')
        return sqlite3_bind_double(statement, number, strtod(text, NULL));
    char *plain = jsonstring_plain(text, member->value_bytes);
    return plain != NULL ? sqlite3_bind_text(statement, number, plain, -1, free)
                         : SQLITE_NOMEM;
}

static int
put_arguments(struct database *base, sqlite3_int64 id, const char *arguments)
{
    struct jsonobject_member member;
    sqlite3_stmt *insert = base->argument;
    int result = 0;
    while (result == 0 && jsonobject_next(&arguments, &member)) {
        sqlite3_bind_int64(insert, 1, id);
        sqlite3_bind_text(insert, 2, member.key, (int)member.key_bytes,
                          SQLITE_STATIC);
        bind_json(insert, 3, &member);
        result = database_step(base, insert);
    }
    return result;
}

int
database_close(void *state, const struct span *span)
{
    struct database *base = state;
    sqlite3_stmt *insert = base->span;
    uint32_t number = span->function->number;
    uint64_t ns = span->end_ns - span->start_ns;
    const struct row *row = &base->open[--base->depth];
    base->open_of[number]--;
    sqlite3_bind_int64(insert, 1, row->id);
    if (base->depth > 0) {
        struct row *outer = &base->open[base->depth - 1];
        bool tracer = span->function->kind == FUNCTION_TRACER;
        outer->child_ns += ns;
        outer->tracer_ns += tracer ? ns : row->tracer_ns;
        outer->off_ns += row->off_ns;
        sqlite3_bind_int64(insert, 2, outer->id);
    } else {
        sqlite3_bind_null(insert, 2);
    }
    database_bind_number(insert, 3, base->thread);
    database_bind_number(insert, 4, (uint64_t)number + 1);
    database_bind_number(insert, 5, span->start_ns);
    database_bind_number(insert, 6, ns);
    database_bind_number(insert, 7, span->depth);
    database_bind_number(insert, 8, span->closed == CLOSE_UNFINISHED);
    database_bind_number(insert, 9, base->open_of[number] > 0);
    database_bind_number(insert, 10, ns - row->child_ns);
    database_bind_number(insert, 11, resumed(span->opened));
    database_bind_number(insert, 12, row->tracer_ns);
    database_bind_number(insert, 13, row->off_ns);
    if (span->arguments != NULL &&
        put_arguments(base, row->id, span->arguments) != 0)
        return -1;
    return database_step(base, insert);
}

int
database_gap(void *state, uint64_t start_ns, uint64_t end_ns)
{
    struct database *base = state;
    database_bind_number(base->gap, 1, base->thread);
    database_bind_number(base->gap, 2, start_ns);
    database_bind_number(base->gap, 3, end_ns);
    return database_step(base, base->gap);
}

static bool
bind_named(struct database *base, int number, const char *name)
{
    bool failed;
    const struct function *function =
        exception_function(&base->functions, base->trace, name, &failed);
    database_bind_known(base->exception, number,
                        function ? (uint64_t)function->number + 1 : 0);
    return !failed;
}

static int
put_exception(struct database *base, const struct instant *instant)
{
    sqlite3_stmt *insert = base->exception;
    struct exception exception;
    if (exception_read(&exception, instant) != 0)
        return -1;
    database_bind_number(insert, 1, base->thread);
    database_bind_number(insert, 2, instant->ns);
    bool found = bind_named(base, 3, exception.function) &&
                 bind_named(base, 6, exception.caught);
    database_bind_text(insert, 4, instant->name->name);
    database_bind_text(insert, 5, exception.message);
    database_bind_known(insert, 7, exception.line);
    database_bind_known(insert, 8, exception.caught_line);
    database_bind_number(insert, 9, exception.calls);
    database_bind_number(insert, 10, exception.uncaught);
    database_bind_number(insert, 11, exception.control);
    int result = found ? database_step(base, insert) : -1;
    exception_free(&exception);
    return result;
}

int
database_instant(void *state, const struct instant *instant)
{
    struct database *base = state;
    if (instant->name->kind == FUNCTION_EXCEPTION)
        return put_exception(base, instant);
    database_bind_number(base->instant, 1, base->thread);
    database_bind_text(base->instant, 2, instant->name->name);
    database_bind_number(base->instant, 3, instant->ns);
    if (instant->text_bytes > 0)
        database_bind_text(base->instant, 4, instant->text);
    else
        sqlite3_bind_null(base->instant, 4);
    return database_step(base, base->instant);
}

int
database_sample(void *state, const struct sample *sample)
{
    struct database *base = state;
    database_bind_number(base->counter, 1, base->thread);
    database_bind_text(base->counter, 2, sample->series->name);
    database_bind_number(base->counter, 3, sample->ns);
    sqlite3_bind_double(base->counter, 4, sample->value);
    return database_step(base, base->counter);
}

/* What was waited for: a call and on what, or in what the GIL was held. */
static void
bind_what(sqlite3_stmt *insert, int number, const struct wait *wait)
{
    const char *name = wait->name != NULL ? wait->name->name : NULL;
    if (name != NULL && *wait->text != '\0')
        sqlite3_bind_text(insert, number,
                          sqlite3_mprintf("%s %s", name, wait->text), -1,
                          sqlite3_free);
    else if (name != NULL)
        database_bind_text(insert, number, name);
    else if (wait->holder_function != NULL)
        database_bind_text(insert, number, wait->holder_function->name);
    else
        sqlite3_bind_null(insert, number);
}

int
database_wait(void *state, const struct wait *wait)
{
    struct database *base = state;
    sqlite3_stmt *insert = base->wait;
    if (waitkind_is_off(wait->kind) && base->depth > 0)
        base->open[base->depth - 1].off_ns += wait->end_ns - wait->start_ns;
    database_bind_number(insert, 1, base->thread);
    database_bind_number(insert, 2, wait->start_ns);
    database_bind_number(insert, 3, wait->end_ns - wait->start_ns);
    database_bind_text(insert, 4, waitkind_names[wait->kind]);
    bind_what(insert, 5, wait);
    if (wait->has_bytes)
        database_bind_number(insert, 6, wait->bytes);
    else
        sqlite3_bind_null(insert, 6);
    database_bind_known(
        insert, 7,
        wait->holder != NULL ? (uint64_t)wait->holder->number + 1 : 0);
    database_bind_function(insert, 8, wait->holder_function);
    return database_step(base, insert);
}

/* == TASKS ================================================================== */

int
database_task(void *state, const struct task *task)
{
    struct database *base = state;
    return tasklist_add(&base->tasks, base->track, task);
}

int
database_task_step(void *state, const struct task_step *step_of_task)
{
    struct database *base = state;
    sqlite3_stmt *insert = base->task_step;
    if (tasklist_add_step(&base->tasks, base->track, step_of_task) != 0)
        return -1;
    const struct listed_task *task =
        tasklist_find(&base->tasks, base->track->process, step_of_task->task);
    database_bind_number(insert, 1, (uint64_t)(task - base->tasks.list) + 1);
    database_bind_number(insert, 2, step_of_task->start_ns);
    database_bind_number(insert, 3,
                         step_of_task->end_ns - step_of_task->start_ns);
    database_bind_function(insert, 4, step_of_task->awaited);
    return database_step(base, insert);
}

#endif
