/* SPDX-License-Identifier: Apache-2.0
 *
 * sqlite/database.c: statements, and values in them.  See database.h.
 */
#include "formats/sqlite/database.h"

#ifdef HAVE_SQLITE

#    include <errno.h>

int
database_fail(struct database *base)
{
    int cause = sqlite3_errcode(base->sqlite);
    errno = cause == SQLITE_FULL    ? ENOSPC
            : cause == SQLITE_NOMEM ? ENOMEM
            : sqlite3_system_errno(base->sqlite) != 0
                ? sqlite3_system_errno(base->sqlite)
                : EIO;
    return -1;
}

int
database_execute(struct database *base, const char *statements)
{
    if (sqlite3_exec(base->sqlite, statements, NULL, NULL, NULL) != SQLITE_OK)
        return database_fail(base);
    return 0;
}

sqlite3_stmt *
database_prepare(struct database *base, const char *text)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(base->sqlite, text, -1, &statement, NULL) !=
        SQLITE_OK)
        database_fail(base);
    return statement;
}

int
database_step(struct database *base, sqlite3_stmt *statement)
{
    int result = sqlite3_step(statement);
    sqlite3_reset(statement);
    return result == SQLITE_DONE ? 0 : database_fail(base);
}

void
database_bind_text(sqlite3_stmt *statement, int number, const char *text)
{
    sqlite3_bind_text(statement, number, text, -1, SQLITE_STATIC);
}

void
database_bind_number(sqlite3_stmt *statement, int number, uint64_t value)
{
    sqlite3_bind_int64(statement, number, (sqlite3_int64)value);
}

/* 0 stands for nothing. */
void
database_bind_known(sqlite3_stmt *statement, int number, uint64_t value)
{
    if (value)
        database_bind_number(statement, number, value);
    else
        sqlite3_bind_null(statement, number);
}

void
database_bind_function(sqlite3_stmt *statement, int number,
                       const struct function *function)
{
    if (function != NULL)
        database_bind_number(statement, number, (uint64_t)function->number + 1);
    else
        sqlite3_bind_null(statement, number);
}

#endif
