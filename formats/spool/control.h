/* SPDX-License-Identifier: Apache-2.0
 *
 * control.h: the file "control" of a session: some pages, by which the processes of
 * the session are told what is wanted of them while they run, and say what they
 * do.  All of them have it mapped, and so has `codesnap ctl`.  FORMAT.md explains
 * every field.  All are single words, stored and loaded atomically.
 */
#ifndef CODESNAP_SPOOL_CONTROL_H
#define CODESNAP_SPOOL_CONTROL_H

#include <stdint.h>

#define CONTROL_FILE       "control"
#define CONTROL_MAGIC      "CSNPCTL\n"
#define CONTROL_VERSION    3u
#define CONTROL_SLOTS      496u
#define CONTROL_WATCHES    96u
#define CONTROL_POSTS      32u
#define CONTROL_TRIGGERS   15u
#define CONTROL_NAME       56u
#define CONTROL_BY_PROGRAM UINT32_MAX

enum control_state {
    CONTROL_AS_STARTED = 0, /* nobody said anything so far */
    CONTROL_RECORDING = 1,
    CONTROL_PAUSED = 2,
    CONTROL_PAUSED_BY_PROGRAM = 3, /* by its own codesnap.pause() */
    CONTROL_ENDED = 4              /* for good: --duration is over */
};

/* In a slot, beside the state: up to 3.11 --max-overhead can't be set, nor
 * --min-duration where there was none from the start. */
#define CONTROL_UNBOUND     0x100u
#define CONTROL_KEEPS_SHORT 0x200u
#define CONTROL_STATE(word) ((word)&0xff)

/* "none", where 0 is as it was started. */
#define CONTROL_NO_NUMBER UINT32_MAX
#define CONTROL_NO_TIME   UINT64_MAX

/* With a number that is another one each time: to want the same again is news. */
#define CONTROL_WANTED(number, state) ((uint64_t)(number) << 8 | (state))
#define CONTROL_WANTED_STATE(word)    ((enum control_state)((word)&0xff))
#define CONTROL_WANTED_NUMBER(word)   ((word) >> 8)

/* What one process says; pid 0: free. */
struct control_slot {
    uint32_t pid;
    uint32_t state;      /* enum control_state, and what it refuses */
    uint64_t exec_start; /* field 22 of /proc/PID/stat */
    uint64_t seen;       /* the sequence that it has acted upon */
    uint64_t since_ns;   /* CLOCK_MONOTONIC: in this state */
};

/* The calls that are looked at for TRIGGER and are open on one thread; pid 0: free. */
struct control_watch {
    uint32_t pid, tid;
    uint64_t
        begin_ns[CONTROL_TRIGGERS]; /* CLOCK_MONOTONIC, for each; 0: none */
};

/* Why a snapshot is to be written. */
struct control_post {
    uint64_t number; /* from 1 on, stored last */
    uint32_t pid, tid;
    uint32_t trigger; /* the number in TRIGGER; CONTROL_BY_PROGRAM: its own */
    uint32_t pad;
    uint64_t begin_ns, end_ns; /* CLOCK_MONOTONIC */
    char name[CONTROL_NAME];   /* the program's, cut, with NUL behind it */
};

struct control {
    char magic[8];
    uint32_t version;
    uint32_t slot_count;
    uint64_t sequence; /* one more with each command, when all is stored */
    uint64_t wanted;   /* CONTROL_WANTED: which state, one of the first three */
    uint32_t most_calls;    /* --max-depth; CONTROL_NO_NUMBER, or 0 */
    uint32_t most_overhead; /* --max-overhead, in thousandths; likewise */
    uint64_t begin_ns;  /* CLOCK_MONOTONIC: --delay is over; 0: not known yet */
    uint64_t end_ns;    /* CLOCK_MONOTONIC: --duration is over; 0: as above */
    uint64_t snapshots; /* so many were asked for, by signals */
    uint64_t used_bytes; /* of all spools, with --max-size */
    uint64_t posted;     /* posts that were begun */
    uint64_t met; /* the triggers for which there is a function, bit by bit */
    uint64_t passed;     /* that a process did not begin, soon after the same */
    uint64_t metered_ns; /* CLOCK_MONOTONIC: the launcher took samples */
    uint64_t shortest_ns; /* --min-duration; CONTROL_NO_TIME, or 0 */
    uint64_t reserved[50];
    struct control_slot slots[CONTROL_SLOTS];
    struct control_watch watches[CONTROL_WATCHES];
    struct control_post
        posts[CONTROL_POSTS]; /* number n at n % CONTROL_POSTS */
    uint64_t filled_up[128];
};

_Static_assert(sizeof(struct control) == 32768, "layout");

/* Make it in the folder of a new session.  0, or -1 with errno. */
int control_create(const char *folder);
/* Map it; NULL with errno: EINVAL where it is none, or damaged. */
struct control *control_map(const char *folder);
void control_unmap(struct control *control);

#endif
