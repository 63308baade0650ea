/* SPDX-License-Identifier: Apache-2.0
 *
 * reader.h: a session as processes, tracks and functions, and each track as a
 * stream of well-nested spans in nanoseconds.  The one place that knows how a
 * spool is read.  Opening reads every chunk header and every name, so memory
 * grows with names, tracks and chunks, not with events.  One thread.
 */
#ifndef CODESNAP_READER_H
#define CODESNAP_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/spool/spool.h"
#include "formats/trace/trouble.h"

enum function_kind {
    FUNCTION_PYTHON = 1,
    FUNCTION_C = 2,
    FUNCTION_TRACER = 3,  /* the span of a BUSY record: the tracer's own work */
    FUNCTION_UNKNOWN = 4, /* its name was lost */
    FUNCTION_SPAN = 5,    /* a span that the program named */
    FUNCTION_INSTANT = 6, /* the name of an instant */
    FUNCTION_COUNTER = 7  /* qualified_name is a series of the counter module */
};

/* All strings are valid UTF-8 (what was not is U+FFFD), never NULL. */
struct function {
    uint32_t number; /* dense over the whole trace, from 0 */
    enum function_kind kind;
    bool method; /* in C: of a type */
    bool class_method;
    char *name;   /* "Shop.Inner.deep (shop.py:7)", "list.append" */
    char *module; /* the module or type, or "" */
    char *qualified_name;
    char *file; /* "" for C */
    uint32_t line;
    size_t name_bytes;
};

struct process {
    uint32_t number; /* dense, in order of start */
    uint32_t pid;
    uint32_t parent_pid;
    struct process *forked_from; /* NULL unless forked from a traced image */
    uint64_t start_ns; /* as all times: nanoseconds since the trace's begin */
    uint64_t end_ns;   /* of its last record */
    bool ended;        /* it said END; else it was killed or still runs */
    bool forked;
    char *name; /* for people: the script or module, or the executable */
    char *executable;
    char *command; /* argv joined by blanks, quoted as a shell would need */
    char *interpreter;
    char *directory;
    char *host;
    uint64_t python_call_ps, c_call_ps; /* the tracer's cost; 0 = not known */
    struct track *origin; /* the thread that started it, or NULL: not known */
    uint64_t origin_ns;   /* when, valid with origin */
    bool has_status;      /* wait_status is known */
    int wait_status;      /* as from waitpid */
    bool replaced;        /* exec put another image into its place */
    bool running;         /* when the trace was opened */
    uint64_t cost_ns;     /* the tracer's own time, of its tracks read so far */
};

struct track {
    uint32_t number; /* dense, ordered by process and first record */
    struct process *process;
    uint32_t tid;
    uint32_t own_tid; /* tid; or a number that no thread has, where this track
                         shares its thread with others at the same time */
    uint32_t interpreter; /* 0 is the main one */
    bool greenlet;
    bool main;  /* tid equals pid, in the main interpreter, no greenlet */
    bool ended; /* the thread said TRACK_END */
    char *name; /* "MainThread", as the program set it, or "thread TID" */
    uint64_t start_ns, end_ns;
    uint64_t calls;   /* filled while it is read: */
    uint64_t cost_ns; /* the tracer's own time, estimated: see track_read */
};

struct note {
    struct process *process;
    enum spool_note code;
    uint64_t count;
    char *text;
};

struct trace;
struct track_visitor;

/* Where a trace comes from, if not from spools: track_read and trace_close are
 * these. */
struct trace_backing {
    int (*read)(struct trace *trace, struct track *track,
                const struct track_visitor *visitor, void *context);
    void (*close)(struct trace *trace);
    bool tells_calls; /* from the steps of a generator */
};

struct trace {
    const struct trace_backing *backing; /* NULL: spools */
    struct process **processes;
    struct track **tracks;
    struct function **functions;
    struct note *notes;
    uint32_t process_count, track_count, function_count, note_count;
    uint64_t realtime_ns; /* CLOCK_REALTIME at time 0 */
    uint64_t duration_ns; /* of the last record */
    uint64_t spool_bytes; /* of chunks: what there is to read, for progress */
    char *command;        /* what the launcher ran, "" if not known */
    char *host;
    char *part; /* an output: the options that left calls out of it, or NULL */
    bool root_ended; /* wait_status is known */
    int wait_status;
    /* Filled while tracks are read; whole once every track was. */
    uint64_t calls; /* of functions: ENTER records but for named spans */
    uint64_t instants, samples; /* of counters, each series for itself */
    uint64_t cost_ns; /* the tracer's own time, of the process with most of it:
                         others ran at the same time */
    uint64_t anomalies; /* exits that matched nothing, or skipped open calls */
    struct troubles troubles; /* these, and gaps: where the first ones are */
    uint64_t lost;            /* events that the agent could not record */
    uint64_t damaged_bytes; /* of chunks that made no sense and were left out */
};

enum open_how {
    OPEN_CALL,
    OPEN_RESUME,
    OPEN_THROW,
    OPEN_BEFORE /* it was already open when the recording of this track began */
};
enum close_how {
    CLOSE_RETURN,
    CLOSE_EXCEPTION,
    CLOSE_YIELD,
    CLOSE_UNKNOWN,   /* its exit was not seen: in a gap, or skipped */
    CLOSE_UNFINISHED /* still open when the recording of this track ended */
};

struct span {
    const struct function *function;
    uint64_t start_ns, end_ns; /* end_ns is valid in close only */
    uint32_t depth;            /* 0 is outermost */
    enum open_how opened;
    enum close_how closed; /* valid in close only */
};

/* A point in time that the program named. */
struct instant {
    const struct function *name; /* FUNCTION_INSTANT */
    uint64_t ns;
    const char *text; /* valid UTF-8: a JSON object, or "" */
    size_t text_bytes;
};

/* One value of one series of a counter. */
struct sample {
    const struct function *series; /* FUNCTION_COUNTER */
    uint64_t ns;
    double value; /* finite */
};

/* What track_read calls, in the order of time; any may be NULL.  On one track
 * the nanoseconds of all calls are strictly increasing (ties move by 1 ns), so
 * a parent always strictly contains its children, except that spans which are
 * unfinished all close at the track's last instant + 1, innermost first, and
 * that samples which were taken together have the same time.
 * Nothing opens or closes inside a gap: the spans that ended somewhere in it
 * are closed (CLOSE_UNKNOWN) just before it begins.
 * A callback that returns non-zero stops the reading. */
struct track_visitor {
    int (*open)(void *context, const struct span *span);
    int (*close)(void *context, const struct span *span);
    int (*gap)(void *context, uint64_t start_ns, uint64_t end_ns);
    int (*instant)(void *context, const struct instant *instant);
    int (*sample)(void *context, const struct sample *sample);
    /* Now and then, with the bytes of spool read so far in this track. */
    void (*progress)(void *progress_context, uint64_t bytes);
    void *progress_context;
};

/* Open the session folder at path.  On failure returns NULL with one line in
 * error that names the thing and the way out; what is damaged inside a session
 * is no failure but counted in the trace. */
struct trace *trace_open(const char *path, char *error, size_t error_bytes);

/* The same of several sessions, of one machine or of some, on one time axis:
 * sessions of one boot are joined by its monotonic clock, others by what
 * CLOCK_REALTIME showed.  Where hosts differ a process's name ends in "@ host".
 * Where a pid is found in two sessions, those of the later one, and its tids,
 * have a multiple of 10,000,000 added. */
struct trace *trace_open_all(const char *const *paths, size_t count,
                             char *error, size_t error_bytes);
void trace_close(struct trace *trace);

/* How many of the tracks are greenlets, no threads. */
uint32_t trace_greenlets(const struct trace *trace);

/* Read one track from its begin.  Its cost_ns is what its calls cost at the
 * rates that the process measured at its start, and its BUSY records.  0, or
 * what a callback returned, or -1 with errno set if the file can't be read or
 * memory is short. */
int track_read(struct trace *trace, struct track *track,
               const struct track_visitor *visitor, void *context);

#endif
