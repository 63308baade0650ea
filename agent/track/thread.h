/* SPDX-License-Identifier: Apache-2.0
 *
 * thread.h: one traced thread: its cursor into the spool and its shadow stack
 * of open calls.  Reached through one thread-local pointer; only its own thread
 * touches it, except that threads_forget_others runs in a forked child, alone.
 */
#ifndef CODESNAP_THREAD_H
#define CODESNAP_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/base/lock.h"
#include "agent/store/spool.h"
#include "formats/spool/control.h"

/* Where the next record goes.  The page it lies in is wiped by fork, so a child
 * finds next == end and takes the slow path, whatever kind of fork it was. */
struct cursor {
    uint64_t *next;
    uint64_t *end; /* secured up to here */
    uint64_t base_ticks;
    uint64_t
        horizon; /* so many ticks after it the slow path looks, see tick.h */
};

/* An open call: what it is known by (its code object or method definition), its
 * record word: id << 4 | entering kind, in 3.11 which frame it runs in
 * (running.h), from 3.12 on, where the key is odd and of a C function, from
 * whom its end is kept (earlycall.h), and in all other versions, where it is
 * CALL_FOREIGN, how many calls of the same function are open in it that are not
 * recorded (foreign.h). */
struct call {
    const void *key;
    uint32_t word;
    union {
        uint32_t frame;
        uint32_t kept_from;
        uint32_t again;
    };
};

/* Of its word, beside its record's: a library's Python function; and its end will
 * not be seen, where it is of Python by its key (throttle.h). */
#define CALL_FOREIGN (1u << 28)
#define CALL_LOST    (1u << 29)
#define CALL_RECORD  (~0u >> 4)

/* The record of an exit by an exception of which is still to be seen whether it
 * is an error: by whoever has the same key, while nothing was recorded behind. */
struct doubt {
    uint64_t *record;
    const uint64_t *next;
    const void *key;
};

/* Calls of C functions that are on no shadow stack (earlycall.h): the latest ones,
 * of which some may be over. */
#define THREAD_PASSED 8
struct passed {
    struct {
        const void *callable;
        uint32_t kept_from;
    } calls[THREAD_PASSED];
    unsigned next;
};

/* The exceptions of a thread that were recorded last. */
#define THREAD_EXCEPTIONS 8
struct known_exceptions {
    struct {
        const void *key; /* the exception, or part of its traceback */
        uint32_t number;
    } list[THREAD_EXCEPTIONS];
    uint32_t count;        /* of all */
    uint32_t last;         /* that a reader was told of last */
    uint32_t behind;       /* a bit of the records that follow */
    uint64_t *begin, *end; /* where its last record is */
    const uint64_t *at;    /* the cursor's next one then */
};

/* A thread at a moment: its track's number + 1, and the id + 1 of the function that
 * it is in; 0: not known. */
struct glance {
    uint64_t track;
    uint32_t function;
};

/* When it was off the processor (offcpu.h); all zeros: it was not looked for yet. */
struct offcpu {
    void *ring; /* the kernel's, or NULL */
    /* Whose it is, and of which generation; a forked child has none of it. */
    uint32_t pid, generation;
    /* When the thread was met, before there was a ring: */
    uint64_t met_ticks, met_ns, met_cpu_ns; /* the last: what it had run */
    bool draining;
    bool preempted; /* it is off, and was not willing to */
    uint64_t
        left_ns; /* since when it is off, on CLOCK_MONOTONIC; 0: it is on */
    uint64_t unseen_ns;      /* since when records are missing; 0: none are */
    uint64_t last_ns;        /* of the last record */
    struct spool_clock from; /* a pair that maps these times to ticks */
};

#define THREAD_STEPS        8
#define CALL_FRAME_UNKNOWN  1 /* no frame's address is odd */
#define THREAD_CURSOR_BYTES 4096

struct thread {
    union {
        struct cursor cursor;
        char page[THREAD_CURSOR_BYTES];
    };
    struct call *top; /* one past the innermost open call */
    /* No call is pushed beyond it as a matter of course; where one is CALL_LOST,
     * right behind the first. */
    struct call *limit;
    struct call *bottom;     /* below it lies one that no exit fits */
    struct call *room;       /* the end of the shadow stack's memory */
    struct call *unrecorded; /* the first call that is not recorded, nor what it
                                  calls; NULL: all on the shadow stack are */
    struct spool_chunk *chunk; /* the window's header */
    struct piece window;
    struct piece packed;
    char *packed_next;     /* where the next block goes */
    char *packed_end;      /* secured up to here */
    uint64_t packed_count; /* chunks started so far */
    uint64_t track_number;
    void (*introduce)(struct thread *); /* says what the track is, where it
                                           starts; NULL: nothing */
    uint32_t interpreter;               /* of the calls; 0 is the main one */
    uint32_t muted; /* calls of @codesnap.ignore that are open */
    bool whole; /* no call is open that is not on the shadow stack, and none was
                   when the track started */
    /* What is above belongs to the track (track.h); what follows, up to handle,
     * to the interpreter's thread state. */
    bool armed;    /* up to 3.11: it had our profile function */
    bool throwing; /* up to 3.11: this resumption is a throw() */
    struct doubt doubt;
    bool passed;         /* the last exit in a slow path was not recorded */
    const void *over;    /* up to 3.11: as in lookout.c */
    bool displaced;      /* up to 3.11: another profile function is set */
    uint64_t gap_ticks;  /* since when */
    uint64_t handle;     /* pthread_self(): the ident of Python's threading */
    uint64_t fork_ticks; /* when it called fork last; kept by the child */
    uint32_t tid;
    bool deep;              /* see thread_begin_deep */
    char *stack_guard;      /* below it a quarter of the C stack is used */
    char *far_guard;        /* below it more than most programs ever use */
    bool parked;            /* the recording paused, see threads_park */
    bool due;               /* something is to be done first, see tick.h */
    bool bounds;            /* thread_most_calls is another one by now */
    uint32_t passed_by;     /* events that were not recorded */
    void *greenlet_trace;   /* the program's own trace function, or NULL */
    uint32_t greenlet_life; /* as in greenlet.c: ours is set */
    struct passed left_out; /* from 3.12 on */
    struct known_exceptions exceptions;
    uint64_t toll_ticks, toll_cpu_ns; /* its last look at what it costs */
    struct offcpu offcpu;
    /* Where its calls that are triggers are shown. */
    struct control_watch *watch;
    struct thread_timed {
        uint64_t begin_ns; /* of the outermost one; 0: none is open */
        uint32_t depth;
    } timed[CONTROL_TRIGGERS];
    struct thread_gil {                  /* its wait for the GIL, as in gil.c */
        uint64_t begin_ticks, end_ticks; /* 0: it does not wait */
        struct glance holder;
        const void *condition; /* to learn from; NULL: nothing is */
        const void *state;     /* the thread's own, as it was learned from */
    } gil;
    /* Steps of tasks that are open, by the place of their calls, the outermost one
     * first (task.h). */
    struct thread_step {
        const struct call *call;
        const void *key, *task;
        uint64_t id;
    } steps[THREAD_STEPS];
    uint32_t step_count;
    uint32_t making; /* functions that make a task and are open */
    size_t making_depth;
    uint64_t maker;     /* the id of the task that called the outermost one */
    const void *result; /* of the call that ends, or NULL */
    /* The outermost call that tells an SQL statement; depth 0: there was none. */
    struct {
        const void *key;
        uint32_t depth;
    } statement;
    struct track *track;         /* the current one; NULL: it has no other */
    struct tracks *tracks;       /* all, if there are several */
    struct thread **home;        /* its thread's thread_current */
    struct thread *next, **link; /* all threads of the process */
};

_Static_assert(offsetof(struct thread, top) == THREAD_CURSOR_BYTES, "layout");

extern __thread struct thread *thread_current
    __attribute__((tls_model("initial-exec")));

/* The same, also while events of this thread are not to be recorded: then
 * thread_current is NULL, so that they take the slow path, which drops them. */
extern __thread struct thread *thread_own
    __attribute__((tls_model("initial-exec")));

/* How many slow paths this thread is in that may run code of the program's: its
 * events are dropped then, see python.h. */
extern __thread uint32_t thread_busy __attribute__((tls_model("initial-exec")));

/* Of an open call no more than so many are recorded around it, UINT32_MAX: all. */
extern uint32_t thread_most_calls;

/* Why the recording pauses, or did so last. */
extern enum spool_gap thread_pause_reason;

/* Its events are to be dropped: the calling thread has no thread_current. */
static inline bool
thread_is_silent(const struct thread *thread)
{
    return thread_busy || thread->parked || thread->muted;
}

/* No: the slow path is to see all its events. */
static inline bool
thread_may_speak(const struct thread *thread)
{
    return !thread_is_silent(thread) && !thread->unrecorded && !thread->due &&
           !thread->bounds;
}

/* The calling thread's events take the slow path, which drops them; or no longer,
 * unless something else silences it. */
static inline void
thread_hush(void)
{
    thread_current = NULL;
}

static inline void
thread_speak(void)
{
    if (thread_own && thread_may_speak(thread_own))
        thread_current = thread_own;
}

/* Is the innermost call one of a library's function, of Python or C? */
static inline bool
thread_is_in_foreign(const struct thread *thread)
{
    const struct call *call = thread->top - 1;
    return thread->top > thread->bottom &&
           (call->word & CALL_FOREIGN || (call->word & 15) == SPOOL_ENTER_C);
}

/* The calling thread, if its shadow stack is that of what runs; else NULL. */
static inline struct thread *
thread_followed(void)
{
    struct thread *thread = thread_own;
    return thread && !thread_is_silent(thread) ? thread : NULL;
}

/* Held wherever the memory of a shadow stack moves or goes. */
extern struct lock thread_stacks;

/* The bottom of an empty shadow stack, up to *room; NULL without memory. */
struct call *thread_map_stack(struct call **room);
/* What lies below the bottom, as in the beginning. */
void thread_clear_stack(struct call *bottom);
/* The calls on its shadow stack, and those of them that are recorded. */
static inline size_t
thread_open(const struct thread *thread)
{
    return (size_t)(thread->top - thread->bottom);
}

static inline size_t
thread_depth(const struct thread *thread)
{
    const struct call *top =
        thread->unrecorded ? thread->unrecorded : thread->top;
    return (size_t)(top - thread->bottom);
}

/* The calls from this one on are not open any more.  In the slow path. */
void thread_cut(struct thread *thread, struct call *call);
/* A call is open that is not recorded, nor what it calls.  0, or -1. */
int thread_push_unrecorded(struct thread *thread, const void *key,
                           uint32_t word);

/* Where the limit of a shadow stack with that bottom and room lies. */
struct call *thread_limit(struct call *bottom, struct call *room);
/* Put its limit where thread_most_calls wants it, or a call that is lost.  Calls may
 * be open beyond the former: then none more is recorded, and it is to be done again
 * with each event. */
void thread_set_limit(struct thread *thread);
/* More room for the shadow stack.  0, or -1. */
int thread_grow_stack(struct thread *thread);
/* No call is open any more, and its memory beyond the first page is given back. */
void thread_empty_stack(struct thread *thread);

/* The calling thread's, in no list and with no track yet; NULL without memory. */
struct thread *thread_make(void);
/* Its memory serves another one; or is unmapped, in any case. */
void thread_free(struct thread *thread);
void thread_unmap(struct thread *thread);

/* Something of this thread could not be recorded, so nothing that follows is: its
 * track is whole up to its end. */
void thread_close(struct thread *thread);

/* The kernel's number of the calling thread, which is the pid in the first one.
 * Where nobody tells it, one that no thread has, and no other call returns.  Any
 * thread; allocates nothing, changes errno. */
uint32_t thread_tid(void);

/* Whether here lies below the guard, which is looked for at the first call;
 * never where it is not found. */
bool thread_is_below(struct thread *thread, const char *here);

/* Where the C stack ends now.  __builtin_frame_address would take a register
 * from whoever asks. */
static inline const char *
thread_stack_pointer(void)
{
#ifdef __x86_64__
    const char *here;
    __asm__ volatile("mov %%rsp, %0" : "=r"(here));
    return here;
#else
    return __builtin_frame_address(0);
#endif
}

/* The same for far_guard. */
bool thread_is_past(struct thread *thread, const char *here);

/* From begin to end, which is given what begin returned, the calling thread
 * counts as deep wherever its stack is. */
char *thread_begin_deep(struct thread *thread);
void thread_end_deep(struct thread *thread, char *guard);

/* More than a quarter of the calling thread's own C stack is in use. */
static inline bool
thread_is_deep(struct thread *thread)
{
    const char *here = thread_stack_pointer();
    return here < thread->stack_guard && thread_is_below(thread, here);
}

/* The same of a thread that need not be known. */
bool thread_is_low(void);

/* More than an eighth of it, or 256 KiB. */
static inline bool
thread_is_far(struct thread *thread)
{
    const char *here = thread_stack_pointer();
    return here < thread->far_guard && thread_is_past(thread, here);
}

#endif
