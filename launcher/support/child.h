/* SPDX-License-Identifier: Apache-2.0
 *
 * child.h: a process that we start and wait for as if we were not there: its
 * signals, its stops and the way it ends become ours.  One at a time, one
 * thread.  From child_begin on every signal is blocked and taken by the waits.
 */
#ifndef CODESNAP_CHILD_H
#define CODESNAP_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

struct child {
    pid_t pid;
    bool stopped;
    sigset_t mask; /* what we were started with, and the child starts with */
    struct sigaction on_child; /* the disposition of SIGCHLD, likewise */
    void (*look)(
        void *); /* while a program is waited for, every 100 ms; or NULL */
    void *looker;
};

enum child_kind {
    CHILD_PROGRAM, /* what the user runs: signals are passed on to it */
    CHILD_HELPER   /* works for us: a signal that asks us to end it ends it */
};

/* Once, before the first fork. */
void child_begin(struct child *child);
/* As fork(); the child has its signals as they were. */
pid_t child_fork(struct child *child);
/* Let go of every descriptor but stderr: who reads from the program's end of a
 * pipe must see it closed when the program ends. */
void child_let_go(void);
/* Wait until it ended; the status is that of waitpid().  With CHILD_HELPER
 * *interrupted tells whether a signal ended it on our behalf. */
int child_wait(struct child *child, enum child_kind kind, bool *interrupted);
/* End as a process with this status did. */
_Noreturn void child_end_as(int status);

#endif
