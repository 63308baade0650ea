/* SPDX-License-Identifier: Apache-2.0
 *
 * control.h: the file "control" of a session: one page, by which the processes of
 * the session are told what is wanted of them while they run, and say what they
 * do.  All of them have it mapped, and so has `codesnap ctl`.  FORMAT.md explains
 * every field.  All are single words, stored and loaded atomically.
 */
#ifndef CODESNAP_SPOOL_CONTROL_H
#define CODESNAP_SPOOL_CONTROL_H

#include <stdint.h>

#define CONTROL_FILE    "control"
#define CONTROL_MAGIC   "CSNPCTL\n"
#define CONTROL_VERSION 1u
#define CONTROL_SLOTS   496u

enum control_state {
    CONTROL_AS_STARTED = 0, /* nobody said anything so far */
    CONTROL_RECORDING = 1,
    CONTROL_PAUSED = 2,
    CONTROL_PAUSED_BY_PROGRAM = 3, /* by its own codesnap.pause() */
    CONTROL_ENDED = 4              /* for good: --duration is over */
};

/* With a number that is another one each time: to want the same again is news. */
#define CONTROL_WANTED(number, state) ((uint64_t)(number) << 8 | (state))
#define CONTROL_WANTED_STATE(word)    ((enum control_state)((word)&0xff))
#define CONTROL_WANTED_NUMBER(word)   ((word) >> 8)

/* What one process says; pid 0: free. */
struct control_slot {
    uint32_t pid;
    uint32_t state;      /* enum control_state */
    uint64_t exec_start; /* field 22 of /proc/PID/stat */
    uint64_t seen;       /* the sequence that it has acted upon */
    uint64_t since_ns;   /* CLOCK_MONOTONIC: in this state */
};

struct control {
    char magic[8];
    uint32_t version;
    uint32_t slot_count;
    uint64_t sequence; /* one more with each command, when all is stored */
    uint64_t wanted;   /* CONTROL_WANTED: which state, one of the first three */
    uint32_t
        most_calls; /* --max-depth, UINT32_MAX: none; 0: as it was started */
    uint32_t pad;
    uint64_t begin_ns;  /* CLOCK_MONOTONIC: --delay is over; 0: not known yet */
    uint64_t end_ns;    /* CLOCK_MONOTONIC: --duration is over; 0: as above */
    uint64_t snapshots; /* so many were asked for, by signals */
    uint64_t used_bytes; /* of all spools, with --max-size */
    uint64_t reserved[55];
    struct control_slot slots[CONTROL_SLOTS];
};

_Static_assert(sizeof(struct control) == 16384, "layout");

/* Make it in the folder of a new session.  0, or -1 with errno. */
int control_create(const char *folder);
/* Map it; NULL with errno: EINVAL where it is none, or damaged. */
struct control *control_map(const char *folder);
void control_unmap(struct control *control);

#endif
