/* SPDX-License-Identifier: Apache-2.0
 *
 * sqlite/database.h: the database while it is written, and what fills it.
 */
#ifndef CODESNAP_SQLITE_DATABASE_H
#define CODESNAP_SQLITE_DATABASE_H

#include "formats/shape/writer.h"

#ifdef HAVE_SQLITE

#    include <sqlite3.h>

#    include "formats/shape/tasklist.h"
#    include "formats/trace/exception.h"

/* An open call. */
struct row {
    sqlite3_int64 id;
    uint64_t child_ns;
    uint64_t tracer_ns; /* in it, at whatever depth */
    uint64_t off_ns;    /* likewise, off the processor */
};

struct database {
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

/* All functions that return int give 0, or -1 with errno. */

/* errno is the cause of what SQLite just said; -1. */
int database_fail(struct database *base);
int database_execute(struct database *base, const char *statements);
/* NULL with errno. */
sqlite3_stmt *database_prepare(struct database *base, const char *text);
/* Insert what was bound. */
int database_step(struct database *base, sqlite3_stmt *statement);

/* The text must stay until database_step. */
void database_bind_text(sqlite3_stmt *statement, int number, const char *text);
void database_bind_number(sqlite3_stmt *statement, int number, uint64_t value);
/* null where it is 0. */
void database_bind_known(sqlite3_stmt *statement, int number, uint64_t value);
/* Its id in functions; null where it is NULL. */
void database_bind_function(sqlite3_stmt *statement, int number,
                            const struct function *function);

/* What is told while the tracks are read: the callbacks of struct format. */
int database_track_begin(void *state, const struct track *track);
int database_open(void *state, const struct span *span);
int database_close(void *state, const struct span *span);
int database_gap(void *state, uint64_t start_ns, uint64_t end_ns);
int database_instant(void *state, const struct instant *instant);
int database_sample(void *state, const struct sample *sample);
int database_wait(void *state, const struct wait *wait);
int database_task(void *state, const struct task *task);
int database_task_step(void *state, const struct task_step *step_of_task);

/* The small tables, once all was read. */
int database_put_lists(struct database *base);

#endif

#endif
