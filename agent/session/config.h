/* SPDX-License-Identifier: Apache-2.0
 *
 * config.h: what the environment asks of the agent.  Read once, in the
 * constructor; the texts belong to the environment block or to this file.
 */
#ifndef CODESNAP_CONFIG_H
#define CODESNAP_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/base/amount.h"

#define CONFIG_SESSION "CODESNAP_SESSION" /* the folder to record into */
#define CONFIG_DISABLE "CODESNAP_DISABLE" /* 1: be as if not there */

/* What becomes of the programs that a traced process starts. */
enum config_children {
    CHILDREN_YES, /* they inherit what the caller leaves in the environment */
    CHILDREN_NO,
    CHILDREN_ALL /* they get what the caller took out of it */
};

/* What is recorded of an interpreter. */
struct python_options {
    bool from_start; /* record from the first import on, not only the program */
    bool c_calls;    /* record C functions, too */
    bool in_python;  /* the tracer in Python records, not this one */
    bool paused;     /* record nothing until that is asked for */
    int signal;      /* pauses and resumes; 0: none */
    bool snapshots;  /* no, it asks for a snapshot */
    uint64_t delay_ns;    /* record nothing for so long; 0: record at once */
    uint64_t duration_ns; /* nor after so long; 0: to the end */
    uint32_t most_calls;  /* around which none is recorded */
    const char *rules;    /* which functions, as in wanted.h; NULL: all */
    bool collections;     /* record collections of garbage */
    bool gil;             /* and waits for the GIL */
    bool tasks;           /* record the steps of asyncio's tasks */
    uint32_t happenings;  /* that are recorded, as in happening.h */
    bool calls;           /* and calls of libc that block */
    bool counters;        /* record what the process uses */
    const char *cpu; /* whether to record when threads are off the processor:
                        as in offcpu.h; NULL: as by default */
    bool exceptions; /* and exceptions that are caught, too */
    const char *arguments;  /* as in inspected.h; NULL: none */
    bool by_repr;           /* of objects in them */
    const char *triggers;   /* as in triggers.h; NULL: none */
    uint64_t shortest_ns;   /* of the calls that are recorded */
    uint32_t most_overhead; /* in thousandths; 0: whatever it is */
    bool own; /* the user's own code, and its calls into libraries */
};

struct config {
    const char *session;
    const char *output; /* without a launcher; NULL if not given */
    const char *format;
    const char *spool;
    const char *process; /* only those with this name or pid; NULL: all */
    struct python_options python;
    enum config_children children;
    uint64_t max_bytes; /* of the session; 0: as many as there are */
    struct amount last; /* how much is kept; nothing said: all */
    uint64_t exit_convert_bytes;
};

/* 0; or -1 if nothing is to be recorded. */
int config_read(struct config *config);

/* Say on stderr which variables hold no value of theirs: for the first process
   of a session, where no launcher has checked them. */
void config_complain(void);

#endif
