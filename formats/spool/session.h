/* SPDX-License-Identifier: Apache-2.0
 *
 * session.h: the folder that holds one recording, as launcher and agent make
 * it, join it and close it.  Nothing here keeps a descriptor open; only those
 * functions that look into the folder allocate.
 *
 *     OUT.codesnap/           0700
 *         session             struct session_file
 *         control             struct control, see control.h
 *         PID-RANDOM.spool    one for each exec image
 */
#ifndef CODESNAP_SESSION_H
#define CODESNAP_SESSION_H

#include <stddef.h>
#include <stdint.h>

#include "formats/spool/sessiondir.h"
#include "formats/spool/spool.h"

#define SESSION_MAGIC "CSNPSES\n"
#define SESSION_FILE  "session"

enum session_state {
    SESSION_OPEN = 1,
    SESSION_CLOSED = 2
};

/* The whole of the session file.  argv follows it: argc strings, each ended by
 * NUL, argv_bytes in all; then a byte for each session_tell_missed. */
struct session_file {
    char magic[8];    /* SESSION_MAGIC */
    uint32_t version; /* SPOOL_VERSION */
    uint32_t
        state; /* enum session_state: once CLOSED new processes stand down */
    uint32_t root_pid;
    uint32_t clock_kind; /* enum spool_clock_kind */
    uint32_t ended;      /* 1: wait_status is known */
    int32_t wait_status; /* of the root process, as waitpid() gives it */
    struct spool_clock begin;
    struct spool_clock end; /* ticks 0: not known */
    char boot_id[40];
    uint32_t argc;
    uint32_t argv_bytes;
};

/* Make OUTPUT.codesnap/ (OUTPUT.codesnap.1/ and so on where that exists) beside
 * output, or under spool_directory unless it is NULL or empty, or, where the
 * output's folder is no local disk, under XDG_RUNTIME_DIR or the temporary
 * folder.  The folder is 0700 and made exclusively.  Writes the session file
 * with state OPEN.  path gets the absolute path of the folder.
 * Returns 0, or -1 with errno set and path naming what failed. */
int session_create(const char *output, const char *spool_directory, int argc,
                   char *const *argv, char *path, size_t path_bytes);

/* Read the session file of the folder at path.  0, or -1 with errno set
 * (EINVAL: it is not a session file). */
int session_read(const char *path, struct session_file *file);

/* Its arguments, up to count bytes; returns how many, or -1 with errno. */
int64_t session_read_arguments(const char *path, char *bytes, size_t count);

/* Write file back over the fixed part of the session file.  0, or -1. */
int session_write(const char *path, const struct session_file *file);

/* A program that belongs into the session could make no spool.  Appends a byte:
 * atomic, and possible where no file can be made.  What fails is not said. */
void session_tell_missed(const char *path);

/* How many programs said so. */
uint32_t session_count_missed(const char *path);

/* Set state CLOSED, the end clock and, where ended, the wait status. */
int session_close(const char *path, int ended, int wait_status);

/* Set the end clock alone, for a session that was never closed.  0, or -1. */
int session_set_end(const char *path, struct spool_clock end);

/* The number of processes named in the session's spools that are still alive,
 * other than the caller; -1 if the folder can't be read.  A process is alive
 * if its pid exists and it started before it wrote its first entry. */
int session_count_living(const char *path);

/* The same of one spool of the folder. */
int session_lives_in(const char *path, const char *spool);

/* The errno of the first failure of the agent's that one of the spools tells of;
 * 0: none does. */
int session_stopped(const char *path);

/* Cut every spool to what is allocated in it.  Call when none is written. */
void session_trim(const char *path);

/* Remove the folder with everything of ours in it.  0, or -1 with errno. */
int session_remove(const char *path);

#endif
