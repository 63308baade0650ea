/* SPDX-License-Identifier: Apache-2.0
 *
 * procscan.h: which processes belong to a session, as far as /proc shows it.  A
 * process that was forked a moment ago has its parent's spool mapped and has
 * not said so in it yet; one that is no Python, or not yet, carries the session
 * in its environment.
 */
#ifndef CODESNAP_PROCSCAN_H
#define CODESNAP_PROCSCAN_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum procscan_sign {
    PROCSCAN_WRITES = 1, /* a file of the session is mapped */
    PROCSCAN_CARRIES = 2 /* it would join, or what it executes would */
};

struct procscan {
    char folder[PATH_MAX]; /* where its spools are */
    char variable[PATH_MAX + 32];
    unsigned long long since; /* when the oldest one can have started */
    pid_t *list;
    size_t count, room;
};

/* Look for those of that session, started after this process. */
void procscan_begin(struct procscan *scan, const char *session);
/* Fill the list with those that show one of the signs, and are open to our
 * eyes.  Returns how many. */
size_t procscan_look(struct procscan *scan, unsigned signs);
/* As many as show one of the signs, or as are named in the session and live:
 * the latter counts also those that we may not look into. */
size_t procscan_count(struct procscan *scan, unsigned signs);
void procscan_end(struct procscan *scan);

/* Whether the process group has a process that is neither in the list nor one
 * of these two. */
bool procscan_has_company(const struct procscan *scan, pid_t group,
                          const pid_t two[2]);

#endif
