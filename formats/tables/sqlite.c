/* SPDX-License-Identifier: Apache-2.0
 *
 * sqlite.c: a database, for questions that nobody foresaw.  SQLite writes the
 * sink's own temporary file; where there is none (a pipe), one that is copied.
 * The tables are told in schema below; FORMAT.md explains them.
 */
#include "formats/shape/own.h"
#include "formats/shape/tasklist.h"
#include "formats/shape/waitkind.h"
#include "formats/shape/writer.h"
#include "formats/trace/exception.h"
#include "formats/trace/jsonobject.h"
#include "formats/trace/jsonstring.h"
#include "formats/trace/trouble.h"

#ifdef HAVE_SQLITE

#    include <errno.h>
#    include <stdio.h>
#    include <stdlib.h>
#    include <string.h>
#    include <unistd.h>

#    include <sqlite3.h>

static const char settings[] = "pragma page_size = 16384;"
                               "pragma journal_mode = off;"
                               "pragma synchronous = off;"
                               "pragma locking_mode = exclusive;"
                               "pragma cache_size = -65536;"
                               "begin;";

static const char schema[] =
    "create table processes (id integer primary key, pid integer,"
    " parent_pid integer, name text, command text, start_ns integer,"
    " end_ns integer, ended integer);"
    "create table threads (id integer primary key, process integer,"
    " tid integer, name text, main integer, start_ns integer,"
    " end_ns integer, ended integer);"
    "create table functions (id integer primary key, name text, module text,"
    " file text, line integer, kind text, own integer);"
    "create table spans (id integer primary key, parent integer,"
    " thread integer, function integer, start_ns integer,"
    " duration_ns integer, depth integer, unfinished integer,"
    " recursive integer, self_ns integer, resumed integer,"
    " tracer_ns integer, off_cpu_ns integer);"
    "create table counters (thread integer, name text, time_ns integer,"
    " value real);"
    "create table instants (thread integer, name text, time_ns integer,"
    " args text);"
    "create table waits (thread integer, start_ns integer, duration_ns integer,"
    " kind text, what text, bytes integer, holder integer, holder_in integer);"
    "create table exceptions (thread integer, time_ns integer,"
    " function integer, type text, message text, caught integer,"
    " line integer, caught_line integer, calls integer, uncaught integer,"
    " control integer);"
    "create table arguments (span integer, name text, value);"
    "create table tasks (id integer primary key, thread integer, name text,"
    " parent integer, start_ns integer, end_ns integer, ended text,"
    " function integer, awaits integer);"
    "create table task_steps (task integer, start_ns integer,"
    " duration_ns integer, awaits integer);"
    "create table gaps (thread integer, start_ns integer, end_ns integer);"
    "create table throttled (function integer, start_ns integer,"
    " end_ns integer, calls_per_second integer);"
    "create table notes (process integer, count integer, text text);"
    "create table trace (key text primary key, value);";

/* SQLite sorts quickly where the first column alone decides, by integers, and in
 * pieces as large as its cache, which is best as small as the processor's. */
static const char indices[] =
    "pragma cache_size = -1000;"
    "create index spans_by_function on spans (function, duration_ns);"
    "create index spans_by_parent on spans (parent);"
    "create index spans_by_time on spans (start_ns);"
    "create index arguments_by_span on arguments (span);"
    "create index arguments_by_value on arguments (name, value);"
    "create view function_times as select f.id, f.name,"
    " sum(s.resumed = 0) as calls, sum(s.resumed <> 2) as steps,"
    " sum((s.duration_ns - s.tracer_ns) * (1 - s.recursive)) as total_ns,"
    " sum(s.self_ns) as self_ns,"
    " sum(max(s.duration_ns - s.tracer_ns - s.off_cpu_ns, 0) *"
    " (1 - s.recursive)) as cpu_ns, max(s.duration_ns - s.tracer_ns) as max_ns"
    " from spans s join functions f on f.id = s.function"
    " where f.kind <> 'tracer' group by f.id;"
    "commit;";

/* An open call. */
struct row {
    sqlite3_int64 id;
    uint64_t child_ns;
    uint64_t tracer_ns; /* in it, at whatever depth */
    uint64_t off_ns;    /* likewise, off the processor */
};

struct base {
    struct sink *sink;
    const struct trace *trace;
    sqlite3 *sqlite;
    sqlite3_stmt *span, *gap, *counter, *instant, *wait, *exception, *argument;
    sqlite3_stmt *task_step;
    struct exception_functions functions;
    char *copied; /* the file that SQLite writes, if it is not the sink's */
    struct row *open;
    size_t depth, room;
    uint32_t *open_of; /* by function: how many of them */
    sqlite3_int64 next_id;
    uint32_t thread;
    const struct track *track;
    struct tasklist tasks;
};

/* == STATEMENTS ============================================================= */

static int
fail(struct base *base)
{
    int cause = sqlite3_errcode(base->sqlite);
    errno = cause == SQLITE_FULL    ? ENOSPC
            : cause == SQLITE_NOMEM ? ENOMEM
            : sqlite3_system_errno(base->sqlite) != 0
                ? sqlite3_system_errno(base->sqlite)
                : EIO;
    return -1;
}

static int
execute(struct base *base, const char *statements)
{
    if (sqlite3_exec(base->sqlite, statements, NULL, NULL, NULL) != SQLITE_OK)
        return fail(base);
    return 0;
}

static sqlite3_stmt *
prepare(struct base *base, const char *text)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(base->sqlite, text, -1, &statement, NULL) !=
        SQLITE_OK)
        fail(base);
    return statement;
}

static int
step(struct base *base, sqlite3_stmt *statement)
{
    int result = sqlite3_step(statement);
    sqlite3_reset(statement);
    return result == SQLITE_DONE ? 0 : fail(base);
}

static void
bind_text(sqlite3_stmt *statement, int number, const char *text)
{
    sqlite3_bind_text(statement, number, text, -1, SQLITE_STATIC);
}

static void
bind_number(sqlite3_stmt *statement, int number, uint64_t value)
{
    sqlite3_bind_int64(statement, number, (sqlite3_int64)value);
}

/* == SPANS ================================================================== */

static int
sqlite_track_begin(void *state, const struct track *track)
{
    struct base *base = state;
    base->thread = track->number + 1;
    base->track = track;
    base->depth = 0;
    return 0;
}

static int
sqlite_open(void *state, const struct span *span)
{
    struct base *base = state;
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
put_arguments(struct base *base, sqlite3_int64 id, const char *arguments)
{
    struct jsonobject_member member;
    sqlite3_stmt *insert = base->argument;
    int result = 0;
    while (result == 0 && jsonobject_next(&arguments, &member)) {
        sqlite3_bind_int64(insert, 1, id);
        sqlite3_bind_text(insert, 2, member.key, (int)member.key_bytes,
                          SQLITE_STATIC);
        bind_json(insert, 3, &member);
        result = step(base, insert);
    }
    return result;
}

static int
sqlite_close(void *state, const struct span *span)
{
    struct base *base = state;
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
    bind_number(insert, 3, base->thread);
    bind_number(insert, 4, (uint64_t)number + 1);
    bind_number(insert, 5, span->start_ns);
    bind_number(insert, 6, ns);
    bind_number(insert, 7, span->depth);
    bind_number(insert, 8, span->closed == CLOSE_UNFINISHED);
    bind_number(insert, 9, base->open_of[number] > 0);
    bind_number(insert, 10, ns - row->child_ns);
    bind_number(insert, 11, resumed(span->opened));
    bind_number(insert, 12, row->tracer_ns);
    bind_number(insert, 13, row->off_ns);
    if (span->arguments != NULL &&
        put_arguments(base, row->id, span->arguments) != 0)
        return -1;
    return step(base, insert);
}

static int
sqlite_gap(void *state, uint64_t start_ns, uint64_t end_ns)
{
    struct base *base = state;
    bind_number(base->gap, 1, base->thread);
    bind_number(base->gap, 2, start_ns);
    bind_number(base->gap, 3, end_ns);
    return step(base, base->gap);
}

/* 0 stands for nothing. */
static void
bind_known(sqlite3_stmt *statement, int number, uint64_t value)
{
    if (value)
        bind_number(statement, number, value);
    else
        sqlite3_bind_null(statement, number);
}

static bool
bind_function(struct base *base, int number, const char *name)
{
    bool failed;
    const struct function *function =
        exception_function(&base->functions, base->trace, name, &failed);
    bind_known(base->exception, number,
               function ? (uint64_t)function->number + 1 : 0);
    return !failed;
}

static int
put_exception(struct base *base, const struct instant *instant)
{
    sqlite3_stmt *insert = base->exception;
    struct exception exception;
    if (exception_read(&exception, instant) != 0)
        return -1;
    bind_number(insert, 1, base->thread);
    bind_number(insert, 2, instant->ns);
    bool found = bind_function(base, 3, exception.function) &&
                 bind_function(base, 6, exception.caught);
    bind_text(insert, 4, instant->name->name);
    bind_text(insert, 5, exception.message);
    bind_known(insert, 7, exception.line);
    bind_known(insert, 8, exception.caught_line);
    bind_number(insert, 9, exception.calls);
    bind_number(insert, 10, exception.uncaught);
    bind_number(insert, 11, exception.control);
    int result = found ? step(base, insert) : -1;
    exception_free(&exception);
    return result;
}

static int
sqlite_instant(void *state, const struct instant *instant)
{
    struct base *base = state;
    if (instant->name->kind == FUNCTION_EXCEPTION)
        return put_exception(base, instant);
    bind_number(base->instant, 1, base->thread);
    bind_text(base->instant, 2, instant->name->name);
    bind_number(base->instant, 3, instant->ns);
    if (instant->text_bytes > 0)
        bind_text(base->instant, 4, instant->text);
    else
        sqlite3_bind_null(base->instant, 4);
    return step(base, base->instant);
}

static int
sqlite_sample(void *state, const struct sample *sample)
{
    struct base *base = state;
    bind_number(base->counter, 1, base->thread);
    bind_text(base->counter, 2, sample->series->name);
    bind_number(base->counter, 3, sample->ns);
    sqlite3_bind_double(base->counter, 4, sample->value);
    return step(base, base->counter);
}

/* Ids where they are known. */
static void
bind_id(sqlite3_stmt *statement, int number, bool known, uint32_t from_0)
{
    if (known)
        bind_number(statement, number, (uint64_t)from_0 + 1);
    else
        sqlite3_bind_null(statement, number);
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
        bind_text(insert, number, name);
    else if (wait->holder_function != NULL)
        bind_text(insert, number, wait->holder_function->name);
    else
        sqlite3_bind_null(insert, number);
}

static int
sqlite_wait(void *state, const struct wait *wait)
{
    struct base *base = state;
    sqlite3_stmt *insert = base->wait;
    const struct function *inside = wait->holder_function;
    if (waitkind_is_off(wait->kind) && base->depth > 0)
        base->open[base->depth - 1].off_ns += wait->end_ns - wait->start_ns;
    bind_number(insert, 1, base->thread);
    bind_number(insert, 2, wait->start_ns);
    bind_number(insert, 3, wait->end_ns - wait->start_ns);
    bind_text(insert, 4, waitkind_names[wait->kind]);
    bind_what(insert, 5, wait);
    if (wait->has_bytes)
        bind_number(insert, 6, wait->bytes);
    else
        sqlite3_bind_null(insert, 6);
    bind_id(insert, 7, wait->holder != NULL,
            wait->holder != NULL ? wait->holder->number : 0);
    bind_id(insert, 8, inside != NULL, inside != NULL ? inside->number : 0);
    return step(base, insert);
}

/* == TASKS ================================================================== */

static int
sqlite_task(void *state, const struct task *task)
{
    struct base *base = state;
    return tasklist_add(&base->tasks, base->track, task);
}

/* The id of a function in functions; null: none. */
static void
bind_known_function(sqlite3_stmt *statement, int number,
                    const struct function *function)
{
    if (function != NULL)
        bind_number(statement, number, (uint64_t)function->number + 1);
    else
        sqlite3_bind_null(statement, number);
}

static int
sqlite_task_step(void *state, const struct task_step *step_of_task)
{
    struct base *base = state;
    sqlite3_stmt *insert = base->task_step;
    if (tasklist_add_step(&base->tasks, base->track, step_of_task) != 0)
        return -1;
    const struct listed_task *task =
        tasklist_find(&base->tasks, base->track->process, step_of_task->task);
    bind_number(insert, 1, (uint64_t)(task - base->tasks.list) + 1);
    bind_number(insert, 2, step_of_task->start_ns);
    bind_number(insert, 3, step_of_task->end_ns - step_of_task->start_ns);
    bind_known_function(insert, 4, step_of_task->awaited);
    return step(base, insert);
}

static int
put_task(struct base *base, sqlite3_stmt *insert, uint32_t number)
{
    const struct listed_task *task = &base->tasks.list[number];
    const struct listed_task *parent =
        tasklist_find(&base->tasks, task->track->process, task->parent);
    const char *ended = tasklist_ended(task);
    bind_number(insert, 1, (uint64_t)number + 1);
    bind_number(insert, 2, (uint64_t)task->track->number + 1);
    bind_text(insert, 3, task->name);
    if (parent != NULL)
        bind_number(insert, 4, (uint64_t)(parent - base->tasks.list) + 1);
    else
        sqlite3_bind_null(insert, 4);
    bind_number(insert, 5, task->start_ns);
    bind_number(insert, 6, task->end_ns);
    if (ended != NULL)
        bind_text(insert, 7, ended);
    else
        sqlite3_bind_null(insert, 7);
    bind_known_function(insert, 8, task->function);
    bind_known_function(insert, 9, ended == NULL ? task->awaited : NULL);
    return step(base, insert);
}

/* == THE SMALL TABLES ======================================================= */

static int
put_process(struct base *base, sqlite3_stmt *insert, uint32_t number)
{
    const struct process *process = base->trace->processes[number];
    bind_number(insert, 1, (uint64_t)number + 1);
    bind_number(insert, 2, process->pid);
    bind_number(insert, 3, process->parent_pid);
    bind_text(insert, 4, process->name);
    bind_text(insert, 5, process->command);
    bind_number(insert, 6, process->start_ns);
    bind_number(insert, 7, process->end_ns);
    bind_number(insert, 8, process->ended);
    return step(base, insert);
}

static int
put_thread(struct base *base, sqlite3_stmt *insert, uint32_t number)
{
    const struct track *track = base->trace->tracks[number];
    bind_number(insert, 1, (uint64_t)number + 1);
    bind_number(insert, 2, (uint64_t)track->process->number + 1);
    bind_number(insert, 3, track->tid);
    bind_text(insert, 4, track->name);
    bind_number(insert, 5, track->main);
    bind_number(insert, 6, track->start_ns);
    bind_number(insert, 7, track->end_ns);
    bind_number(insert, 8, track->ended);
    return step(base, insert);
}

static int
put_function(struct base *base, sqlite3_stmt *insert, uint32_t number)
{
    static const char *const kinds[] = {
        [FUNCTION_PYTHON] = "python",       [FUNCTION_C] = "c",
        [FUNCTION_TRACER] = "tracer",       [FUNCTION_UNKNOWN] = "unknown",
        [FUNCTION_SPAN] = "span",           [FUNCTION_INSTANT] = "instant",
        [FUNCTION_COUNTER] = "counter",     [FUNCTION_WAIT] = "wait",
        [FUNCTION_EXCEPTION] = "exception",
    };
    const struct function *function = base->trace->functions[number];
    bind_number(insert, 1, (uint64_t)number + 1);
    bind_text(insert, 2, function->name);
    bind_text(insert, 3, function->module);
    bind_text(insert, 4, function->file);
    bind_number(insert, 5, function->line);
    bind_text(insert, 6, kinds[function->kind]);
    bind_number(insert, 7, own_is(function));
    return step(base, insert);
}

/* end_ns NULL: to the end. */
static int
put_throttled(struct base *base, sqlite3_stmt *insert, uint32_t number)
{
    const struct trouble *trouble =
        &base->trace->troubles.first[TROUBLE_THROTTLED][number];
    if (trouble->function == NULL)
        return 0;
    bind_number(insert, 1, (uint64_t)trouble->function->number + 1);
    bind_number(insert, 2, trouble->ns);
    if (trouble->end_ns)
        bind_number(insert, 3, trouble->end_ns);
    else
        sqlite3_bind_null(insert, 3);
    bind_number(insert, 4, trouble->calls_per_second);
    return step(base, insert);
}

static int
put_note(struct base *base, sqlite3_stmt *insert, uint32_t number)
{
    const struct note *note = &base->trace->notes[number];
    bind_number(insert, 1, (uint64_t)note->process->number + 1);
    bind_number(insert, 2, note->count);
    bind_text(insert, 3, note->text);
    return step(base, insert);
}

static int
put_rows(struct base *base, const char *text, uint32_t count,
         int (*put)(struct base *, sqlite3_stmt *, uint32_t))
{
    sqlite3_stmt *insert = prepare(base, text);
    int result = insert != NULL ? 0 : -1;
    for (uint32_t i = 0; i < count && result == 0; i++)
        result = put(base, insert, i);
    sqlite3_finalize(insert);
    return result;
}

static int
put_facts(struct base *base)
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
    sqlite3_stmt *insert = prepare(base, "insert into trace values (?, ?)");
    int result = insert != NULL ? 0 : -1;
    for (size_t i = 0; i < sizeof facts / sizeof *facts && result == 0; i++) {
        bind_text(insert, 1, facts[i].key);
        bind_number(insert, 2, facts[i].value);
        result = step(base, insert);
    }
    if (result == 0) {
        bind_text(insert, 1, "command");
        bind_text(insert, 2, trace->command);
        result = step(base, insert);
    }
    sqlite3_finalize(insert);
    return result;
}

static int
put_tables(struct base *base)
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

/* == BEGIN AND END ========================================================== */

static char *
copied_file(void)
{
    const char *folder = getenv("TMPDIR");
    char *path = NULL;
    if (asprintf(&path, "%s/codesnap-XXXXXX",
                 folder != NULL && *folder != '\0' ? folder : "/tmp") < 0)
        return NULL;
    int fd = mkstemp(path);
    if (fd >= 0) {
        close(fd);
        return path;
    }
    free(path);
    return NULL;
}

static void
discard(struct base *base)
{
    int cause = errno;
    sqlite3_finalize(base->span);
    sqlite3_finalize(base->gap);
    sqlite3_finalize(base->counter);
    sqlite3_finalize(base->instant);
    sqlite3_finalize(base->wait);
    sqlite3_finalize(base->exception);
    free(base->functions.sorted);
    sqlite3_finalize(base->argument);
    sqlite3_finalize(base->task_step);
    tasklist_free(&base->tasks);
    sqlite3_close(base->sqlite);
    if (base->copied != NULL)
        unlink(base->copied);
    free(base->copied);
    free(base->open);
    free(base->open_of);
    free(base);
    errno = cause;
}

/* Nobody else knows the file: no locks. */
static int
open_base(struct base *base)
{
    const char *path = base->sink->temporary;
    if (path == NULL)
        path = base->copied = copied_file();
    if (path == NULL)
        return -1;
    if (sqlite3_open_v2(path, &base->sqlite,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                            SQLITE_OPEN_NOMUTEX,
                        "unix-none") != SQLITE_OK)
        return fail(base);
    if (execute(base, settings) != 0 || execute(base, schema) != 0)
        return -1;
    base->span =
        prepare(base, "insert into spans values (?,?,?,?,?,?,?,?,?,?,?,?,?)");
    base->gap = prepare(base, "insert into gaps values (?,?,?)");
    base->counter = prepare(base, "insert into counters values (?,?,?,?)");
    base->instant = prepare(base, "insert into instants values (?,?,?,?)");
    base->wait = prepare(base, "insert into waits values (?,?,?,?,?,?,?,?)");
    base->exception =
        prepare(base, "insert into exceptions values (?,?,?,?,?,?,?,?,?,?,?)");
    base->argument = prepare(base, "insert into arguments values (?,?,?)");
    base->task_step = prepare(base, "insert into task_steps values (?,?,?,?)");
    return base->task_step != NULL && base->span != NULL &&
                   base->wait != NULL && base->gap != NULL &&
                   base->counter != NULL && base->instant != NULL &&
                   base->exception != NULL && base->argument != NULL
               ? 0
               : -1;
}

static void *
sqlite_begin(struct sink *sink, const struct trace *trace,
             const struct format_options *options)
{
    (void)options;
    struct base *base = calloc(1, sizeof *base);
    if (base == NULL)
        return NULL;
    base->sink = sink;
    base->trace = trace;
    base->open_of =
        calloc((size_t)trace->function_count + 1, sizeof *base->open_of);
    if (base->open_of != NULL && open_base(base) == 0)
        return base;
    discard(base);
    return NULL;
}

static int
copy(struct base *base)
{
    char block[65536];
    size_t count;
    FILE *from = fopen(base->copied, "rb");
    if (from == NULL)
        return -1;
    while ((count = fread(block, 1, sizeof block, from)) > 0)
        sink_write(base->sink, block, count);
    int result = ferror(from) ? -1 : 0;
    fclose(from);
    return result;
}

static int
sqlite_end(void *state, int failed)
{
    struct base *base = state;
    int result = 0;
    if (!failed && (put_tables(base) != 0 || execute(base, indices) != 0))
        result = -1;
    if (!failed && result == 0 && base->copied != NULL)
        result = copy(base);
    discard(base);
    return result;
}

const struct format format_sqlite = {
    .name = "sqlite",
    .suffix = ".db",
    .summary = "an SQLite database of calls, with views",
    .begin = sqlite_begin,
    .track_begin = sqlite_track_begin,
    .open = sqlite_open,
    .close = sqlite_close,
    .gap = sqlite_gap,
    .instant = sqlite_instant,
    .sample = sqlite_sample,
    .wait = sqlite_wait,
    .task = sqlite_task,
    .task_step = sqlite_task_step,
    .end = sqlite_end,
};

#else

const struct format format_sqlite = {
    .name = "sqlite",
    .suffix = ".db",
    .summary = "an SQLite database of calls, with views",
    .missing = "SQLite",
};

#endif
