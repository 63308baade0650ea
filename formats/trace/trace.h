/* SPDX-License-Identifier: Apache-2.0
 *
 * trace.h: what a recording is to those who read it: processes, tracks and
 * functions, and each track as a stream of well-nested spans in nanoseconds.
 * Where it comes from, spools or an output, its backing knows alone.  Memory
 * grows with names, tracks and chunks, not with events.  One thread.
 */
#ifndef CODESNAP_TRACE_H
#define CODESNAP_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/base/file.h"
#include "formats/spool/spool.h"

enum function_kind {
    FUNCTION_PYTHON = 1,
    FUNCTION_C = 2,
    FUNCTION_TRACER = 3,  /* the span of a BUSY record: the tracer's own work */
    FUNCTION_UNKNOWN = 4, /* its name was lost */
    FUNCTION_SPAN = 5,    /* a span that the program named */
    FUNCTION_INSTANT = 6, /* the name of an instant */
    FUNCTION_COUNTER = 7, /* qualified_name is a series of the counter module */
    FUNCTION_WAIT = 8,    /* the name of a call that blocked: "read" */
    FUNCTION_EXCEPTION = 9 /* a type of exceptions */
};

/* All strings are valid UTF-8 (what was not is U+FFFD), never NULL. */
/* Whose code a Python function is, as was seen when it ran. */
enum function_owner {
    OWNER_UNKNOWN,
    OWNER_USER,
    OWNER_OTHER /* Python, a library, the tracer */
};

struct function {
    uint32_t number; /* dense over the whole trace, from 0 */
    enum function_kind kind;
    bool method; /* in C: of a type */
    bool class_method;
    enum function_owner owner;
    char *name;   /* "Shop.Inner.deep (shop.py:7)", "list.append" */
    char *module; /* the module or type, or "" */
    char *qualified_name;
    char *file; /* "" for C */
    uint32_t line;
    size_t name_bytes;
};

enum wait_kind {
#define WAIT(name, number, text, summary) WAIT_##name = number,
#include "formats/spool/records.def"
#undef WAIT
    WAIT_KINDS
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
    char *filter; /* the options that left calls out, or "" */
    uint64_t
        rules_fitted; /* of those in filter, a bit each, the first one lowest:
                              it fits a function that was met */
    uint64_t startup_ns;  /* of its start, before the recording; the same */
    bool has_usage;       /* it ended in order, and the kernel told: */
    uint64_t cpu_ns;      /* that its threads ran */
    uint64_t delay_ns;    /* that they were ready to run and did not */
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
    bool has_cpu; /* when it was on the processor is known, but for the time */
    uint64_t wait_ns[WAIT_KINDS]; /* of WAIT_UNSEEN; of each kind */
};

struct note {
    struct process *process;
    enum spool_note code;
    uint64_t count;
    char *text;
};

struct trace;
struct track_visitor;

/* Where a trace comes from. */
struct trace_backing {
    int (*read)(struct trace *trace, struct track *track,
                const struct track_visitor *visitor, void *context);
    void (*close)(struct trace *trace);
    /* 1: that file, which is like this now, is what the code was loaded from,
     * 0: it is not, -1: nobody looked.  NULL: nobody ever does. */
    int (*is_what_ran)(const struct trace *trace, const char *file,
                       const struct file_status *now);
    bool is_output;   /* of ours, read back */
    bool tells_calls; /* from the steps of a generator */
};

enum trouble_kind {
    TROUBLE_STRAY,  /* an exit that matches no open call */
    TROUBLE_UNSEEN, /* a call whose exit was not seen, though its caller's was */
    TROUBLE_GAP,    /* nothing was recorded for a while */
    TROUBLE_THROTTLED, /* a function, from there on, was called too often */
    TROUBLE_KINDS
};

/* track is NULL while the track is still being read, function in a gap. */
struct trouble {
    const struct track *track;
    const struct function *function;
    uint64_t ns, end_ns;       /* end_ns of a gap; and of what is throttled, 0:
                                  until the recording ends */
    uint64_t calls_per_second; /* of what is throttled */
};

#define TROUBLES_KEPT  40 /* of functions that are throttled */
#define TROUBLES_FIRST 5  /* and of all else */

/* The first ones of each kind, and how many there are. */
struct troubles {
    struct trouble first[TROUBLE_KINDS][TROUBLES_KEPT];
    uint64_t count[TROUBLE_KINDS];
};

struct trace {
    const struct trace_backing *backing;
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
    bool condensed;  /* an output: its shortest calls are known as sums alone */
    bool root_ended; /* wait_status is known */
    int wait_status;
    /* Filled while tracks are read; whole once every track was. */
    uint64_t calls;      /* of functions: ENTER records except named spans */
    uint64_t task_steps; /* of event loops */
    uint64_t instants, exceptions;
    uint64_t samples;          /* of counters, each series for itself */
    uint64_t arguments;        /* calls whose arguments or result are known */
    uint64_t arguments_passed; /* and whose are not: there were too many */
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
    OPEN_BEFORE /* it was already open when the recording of this track started */
};
enum close_how {
    CLOSE_RETURN,
    CLOSE_EXCEPTION, /* an error */
    CLOSE_YIELD,
    CLOSE_UNKNOWN,    /* its exit was not seen: in a gap, or skipped */
    CLOSE_UNFINISHED, /* still open when the recording of this track ended */
    CLOSE_CONTROL /* by an exception that is no error, such as StopIteration */
};

struct span {
    const struct function *function;
    uint64_t start_ns, end_ns; /* end_ns is valid in close only */
    uint32_t depth;            /* 0 is outermost */
    enum open_how opened;
    enum close_how closed; /* valid in close only */
    /* What it was called with and what it returned (the member "return"), a clean
     * JSON object, for as long as close runs; NULL: not known. */
    const char *arguments;
};

/* A point in time that the program named, or an exception where it is raised, with
 * what becomes of it: as in exception.h. */
struct instant {
    const struct function *name; /* FUNCTION_INSTANT or FUNCTION_EXCEPTION */
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

/* A time in which the thread did not go on.  Told in the order of their begin, each
 * before the first event that is not earlier.  No event of the track lies inside;
 * those that are off the processor may lie inside of the others.  WAIT_UNSEEN comes in
 * no order, and may have anything inside. */
struct wait {
    enum wait_kind kind;
    uint64_t start_ns, end_ns;
    const struct function *name;            /* FUNCTION_WAIT, or NULL */
    const struct track *holder;             /* who had it meanwhile, or NULL */
    const struct function *holder_function; /* what that one was in, or NULL */
    bool has_bytes;
    uint64_t bytes;   /* how many the call returned */
    const char *text; /* on what: valid UTF-8, or "" */
};

/* What is known of a task of an event loop; it may be told more than once, each time
 * before a step. */
struct task {
    uint64_t number; /* from 1 on, of its process */
    uint64_t parent; /* the number of the task that made it; 0: none is known */
    const char *name;                /* valid UTF-8; "": it has none */
    const struct function *function; /* the coroutine that it runs */
    uint64_t start_ns; /* when it was made, or, where nobody saw that, began */
};

/* It ran from when to when: told at its end. */
struct task_step {
    uint64_t task; /* its number */
    const struct function *function;
    uint64_t start_ns, end_ns;
    enum close_how closed;          /* CLOSE_YIELD: the task goes on later */
    const struct function *awaited; /* the coroutine that is suspended then, the
                                       innermost one; NULL: none */
};

/* What many short calls came to, of which an output of ours tells no more: all
 * that the innermost open call made in some time, and what these called.  Of a
 * function: total_ns without calls inside another one of it, whole_ns with them;
 * both without the tracer's work. */
struct condensed_entry {
    const struct function *function;
    uint64_t calls, resumes;
    uint64_t self_ns, total_ns, whole_ns, longest_ns;
};

struct condensed {
    uint64_t start_ns, end_ns;
    uint64_t busy_ns; /* that the open call spent in them */
    const struct condensed_entry *entries;
    size_t count;
};

/* What track_read calls, in the order of time; any may be NULL.  On one track
 * the nanoseconds of all calls are strictly increasing (ties move by 1 ns), so
 * a parent always strictly contains its children, except that spans which are
 * unfinished all close at the track's last instant + 1, innermost first, and
 * that samples which were taken together have the same time.
 * Nothing opens or closes inside a gap: the spans that ended somewhere in it
 * are closed (CLOSE_UNKNOWN) just before it starts.
 * A callback that returns non-zero stops the reading. */
struct track_visitor {
    int (*open)(void *context, const struct span *span);
    int (*close)(void *context, const struct span *span);
    /* If it is there, it may be called in the place of open and close for a call in
     * which nothing happens. */
    int (*leaf)(void *context, const struct span *span);
    int (*gap)(void *context, uint64_t start_ns, uint64_t end_ns);
    int (*instant)(void *context, const struct instant *instant);
    int (*sample)(void *context, const struct sample *sample);
    int (*wait)(void *context, const struct wait *wait);
    int (*task)(void *context, const struct task *task);
    int (*task_step)(void *context, const struct task_step *step);
    /* In a trace that is condensed alone. */
    int (*condensed)(void *context, const struct condensed *condensed);
    /* Now and then, with the bytes of spool read so far in this track. */
    void (*progress)(void *progress_context, uint64_t bytes);
    void *progress_context;
};

void trace_close(struct trace *trace);

/* How many of the tracks are greenlets, no threads. */
uint32_t trace_greenlets(const struct trace *trace);
/* What the tracer's start took of the process that it took most of. */
uint64_t trace_startup(const struct trace *trace);
/* Of one track at least, of those that were read, it is known when it was on the
 * processor. */
bool trace_has_cpu(const struct trace *trace);
/* The options that left calls out of the recording, "" for none. */
const char *trace_filter(const struct trace *trace);

/* Is the file of that name, which is like this now, the one that the code of
 * the trace was loaded from?  Yes where nothing speaks against it: of files
 * that nobody looked at in time, that they were written later. */
bool trace_is_what_ran(const struct trace *trace, const char *file,
                       const struct file_status *now);

/* Read one track from its begin.  Its cost_ns is what its calls cost at the
 * rates that the process measured at its start, and its BUSY records.  0, or
 * what a callback returned, or -1 with errno set if the file can't be read or
 * memory is short. */
int track_read(struct trace *trace, struct track *track,
               const struct track_visitor *visitor, void *context);

#endif
