/* SPDX-License-Identifier: Apache-2.0
 *
 * target.h: the program that is about to run, as far as its files tell: where
 * it is, what executes it at the end of its #! lines, and whether an agent can
 * get into that.
 */
#ifndef CODESNAP_TARGET_H
#define CODESNAP_TARGET_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

enum obstacle {
    OBSTACLE_NONE,
    OBSTACLE_FOREIGN,    /* of another class or processor */
    OBSTACLE_STATIC,     /* no dynamic loader */
    OBSTACLE_MUSL,       /* musl's dynamic loader */
    OBSTACLE_PRIVILEGED, /* setuid, setgid or file capabilities */
    OBSTACLE_PYPY,
    OBSTACLE_PYTHON2
};

struct target {
    const char *command;  /* as it was given */
    char path[PATH_MAX];  /* the file that will be executed */
    char image[PATH_MAX]; /* the executable that its #! lines lead to */
    enum obstacle obstacle;
    bool sanitized; /* wants AddressSanitizer's library to be the first */
};

/* Whether command is one that a shell would find in PATH. */
bool target_in_path(const char *command);

/* Find command as execvp would, and look into it.  0, or the status to end
 * with after it has said why that can't be run. */
int target_find(struct target *target, const char *command);

/* Whether the agent is to be left out of the environment: the loader of this
 * program would complain about it, or worse. */
bool target_refuses(const struct target *target);

/* In one line, at text: why no Python reported in. */
void target_explain(const struct target *target, char *text, size_t room);

#endif
