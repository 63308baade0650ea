/* SPDX-License-Identifier: Apache-2.0
 *
 * process.h: who this process image is, whether it is alive, and whether it can
 * still be recorded.  A forked child finds the life page wiped by the kernel and
 * so becomes an image of its own at its first slow path.  Any thread, with or
 * without the GIL; may map memory, never allocates.
 */
#ifndef CODESNAP_PROCESS_H
#define CODESNAP_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

struct process_identity {
    uint32_t pid;
    uint64_t start_ns;
};
extern struct process_identity process;

/* A number that a forked child, once it was adopted, does not share with its parent,
 * whatever their pids are. */
extern uint32_t process_generation;

/* It is the calling process, and starts now. */
void process_identify(void);

/* A filter of system calls is on, which may end the process if the calling thread
 * makes one that it does not know. */
bool process_is_filtered(void);

/* When its image's process came, as /proc/self/stat has it (field 22), the same
 * before and after an exec; 0: not known. */
uint64_t process_exec_start(void);

/* What is done about forks, by who knows of threads and of the spool. */
struct process_forks {
    void (*before)(void); /* in the thread which forks */
    void (*wipe)(void);   /* in the child, where the kernel wipes nothing */
    void (*adopt)(void);  /* in the child's first slow path */
};
/* Notice forks from here on; the process is alive.  0, or -1. */
int process_watch_forks(const struct process_forks *forks);
/* Forks are noticed by a page that the kernel wipes, not by libc's handlers. */
bool process_is_wiped(void);

/* True if this process is a fork that was not adopted yet. */
bool process_is_new(void);
/* Adopt it if it is one.  Call first in every slow path, without a lock held. */
void process_adopt(void);
/* It is adopted. */
void process_revive(void);

/* Where events that could not be recorded are counted, and programs that are
 * started without us: in the spool, where it was secured long before, so that it
 * works on a full disk.  NULL: nowhere. */
struct process_counts {
    uint64_t *lost, *untraced;
};
/* Count there from here on; returns where it was so far. */
struct process_counts process_count_in(struct process_counts counts);
void process_lose(uint64_t events);
/* So many more programs; between vfork and exec, too. */
void process_count_untraced(int64_t programs);

/* This image, or the one that it was forked from, is being recorded. */
bool process_is_recording(void);
/* Nothing can be recorded any more in this image. */
bool process_is_broken(void);
/* From here on, because of that errno; 0 where a note has the reason. */
void process_break(int cause);
/* Who is to be told, once, that it was broken by that errno. */
void process_on_break(void (*tell)(uint32_t pid, int cause));

/* The spool is given up; another one may follow. */
void process_forget(void);

#endif
