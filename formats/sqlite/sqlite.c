/* SPDX-License-Identifier: Apache-2.0
 *
 * sqlite.c: a database, for questions that nobody foresaw.  SQLite writes the
 * sink's own temporary file; where there is none (a pipe), one that is copied.
 * The tables are told in schema below; FORMAT.md explains them.
 */
#include "formats/sqlite/database.h"

#ifdef HAVE_SQLITE

#    include <errno.h>
#    include <stdio.h>
#    include <stdlib.h>
#    include <unistd.h>

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
discard(struct database *base)
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
open_file(struct database *base)
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
        return database_fail(base);
    if (database_execute(base, settings) != 0 ||
        database_execute(base, schema) != 0)
        return -1;
    base->span = database_prepare(
        base, "insert into spans values (?,?,?,?,?,?,?,?,?,?,?,?,?)");
    base->gap = database_prepare(base, "insert into gaps values (?,?,?)");
    base->counter =
        database_prepare(base, "insert into counters values (?,?,?,?)");
    base->instant =
        database_prepare(base, "insert into instants values (?,?,?,?)");
    base->wait =
        database_prepare(base, "insert into waits values (?,?,?,?,?,?,?,?)");
    base->exception = database_prepare(
        base, "insert into exceptions values (?,?,?,?,?,?,?,?,?,?,?)");
    base->argument =
        database_prepare(base, "insert into arguments values (?,?,?)");
    base->task_step =
        database_prepare(base, "insert into task_steps values (?,?,?,?)");
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
    struct database *base = calloc(1, sizeof *base);
    if (base == NULL)
        return NULL;
    base->sink = sink;
    base->trace = trace;
    base->open_of =
        calloc((size_t)trace->function_count + 1, sizeof *base->open_of);
    if (base->open_of != NULL && open_file(base) == 0)
        return base;
    discard(base);
    return NULL;
}

static int
copy(struct database *base)
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
    struct database *base = state;
    int result = 0;
    if (!failed &&
        (database_put_lists(base) != 0 || database_execute(base, indices) != 0))
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
    .track_begin = database_track_begin,
    .open = database_open,
    .close = database_close,
    .gap = database_gap,
    .instant = database_instant,
    .sample = database_sample,
    .wait = database_wait,
    .task = database_task,
    .task_step = database_task_step,
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
