/* SPDX-License-Identifier: Apache-2.0
 *
 * process.h: this process image in the spool: who it is, and everything that
 * is written once and by name (its META chunks).  A forked child finds the life
 * page wiped by the kernel and so becomes an image of its own at its first slow
 * path.  Any thread, with or without the GIL; may map memory, never allocates.
 */
#ifndef CODESNAP_PROCESS_H
#define CODESNAP_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/spool/spool.h"

struct text {
    const char *bytes;
    uint32_t length;
};

struct process_identity {
    uint32_t pid;
    uint64_t start_ns;
};
extern struct process_identity process;

/* Announce the first image in the spool.  interpreter is "CPython 3.11.7";
 * origin is who started it, or NULL.  0, or -1. */
int process_begin(const char *interpreter,
                  const struct spool_meta_origin *origin);
/* From here on forked children record nothing. */
void process_leave_children(void);

/* The spool is given up; process_begin may follow, with another one. */
void process_forget(void);

/* True if this process is a fork that has not announced itself yet. */
bool process_is_new(void);
/* Announce it; threads forgets the parent's other threads.  Call first in every
 * slow path, without a lock held. */
void process_adopt(void);

/* The id of a new function, or -1 when they are used up or the spool is
 * broken.  fixed says its kind, line and flags; module, qualified name, file. */
int64_t process_name_function(const struct spool_meta_function *fixed,
                              const struct text names[3]);
/* What a file was like when code of it was loaded. */
void process_tell_source(const struct spool_meta_source *source,
                         struct text path);
void process_name_track(uint64_t track, struct text name);
/* The track is a greenlet's. */
void process_tell_greenlet(uint64_t track);
void process_note(enum spool_note code, uint64_t count, const char *message);
/* What is missing from here on, in this image and in what comes of it: a forked
 * child and the next recording say it again.  The message is a literal; each is
 * said once. */
void process_note_lasting(const char *message);
/* What a traced call costs, in picoseconds: of Python functions, of C ones. */
void process_tell_cost(uint64_t python_ps, uint64_t c_ps);
/* The interpreter ends in order. */
void process_end(void);
/* The process is about to end with that status; in a signal handler, too. */
void process_tell_end(int status);
/* It was told how a child ended. */
void process_tell_child(uint32_t pid, int wait_status);
/* So many more programs are started without us; between vfork and exec, too. */
void process_count_untraced(int64_t programs);

/* Count events that could not be recorded; written where it was secured long
 * before, so that it works on a full disk. */
void process_lose(uint64_t events);

/* This image, or the one that it was forked from, is being recorded. */
bool process_is_recording(void);
/* Nothing can be recorded any more in this image. */
bool process_is_broken(void);
/* From here on, because of that errno; 0 where a note has the reason. */
void process_break(int cause);
/* Forks are noticed by a page that the kernel wipes, not by libc's handlers. */
bool process_is_wiped(void);

#endif
