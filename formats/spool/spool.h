/* SPDX-License-Identifier: Apache-2.0
 *
 * spool.h: the layout of a spool file, shared by the agent that writes it and
 * the reader.  formats/spool/FORMAT.md is the specification and explains every
 * field; SPOOL_VERSION is raised when an old reader would misread a new file.
 * All integers are little-endian, all structures have natural alignment.
 */
#ifndef CODESNAP_SPOOL_H
#define CODESNAP_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#define SPOOL_VERSION      1u
#define SPOOL_MAGIC        "CSNPSPL\n"
#define SPOOL_SUFFIX       ".spool"
#define SPOOL_HEADER_BYTES 4096u
/* The low nibble is 0, so no record word can be taken for it. */
#define SPOOL_CHUNK_MAGIC    0xC0DE54A9B1E7D2F0ull
#define SPOOL_FIRST_CHUNK    (16u << 10)
#define SPOOL_LARGEST_CHUNK  (256u << 10)
#define SPOOL_STACK_SHARE    4 /* a chunk's stack takes at most 1/4 of it */
#define SPOOL_FUNCTION_LIMIT (1u << 24)
#define SPOOL_INCOMPATIBLE   0xffffffffull /* feature bits a reader must know */
#define SPOOL_CONTROL        1ull /* feature: there may be EXIT_CONTROL */
#define SPOOL_RING           2ull /* feature: a flight recorder's, see below */
#define SPOOL_KNOWN_FEATURES (SPOOL_CONTROL | SPOOL_RING)

/* One instant on three clocks: raw ticks, CLOCK_MONOTONIC, CLOCK_REALTIME. */
struct spool_clock {
    uint64_t ticks;
    uint64_t monotonic_ns;
    uint64_t realtime_ns;
};

enum spool_clock_kind {
    SPOOL_TSC = 1,
    SPOOL_MONOTONIC_NS = 2
};

/* At offset 0 of the file, SPOOL_HEADER_BYTES long. */
struct spool_header {
    char magic[8];         /* SPOOL_MAGIC, stored last */
    uint32_t version;      /* SPOOL_VERSION */
    uint32_t header_bytes; /* where the first chunk starts */
    uint64_t features;   /* an unknown bit in SPOOL_INCOMPATIBLE: do not read */
    uint32_t page_bytes; /* chunks begin and end on multiples of it */
    uint32_t clock_kind; /* enum spool_clock_kind */
    uint64_t allocated;  /* atomic: the first byte that no chunk owns */
    uint64_t next_track; /* atomic: the next free track number, from 1 */
    struct spool_clock clock;
    char boot_id[40]; /* /proc/sys/kernel/random/boot_id, NUL padded */
    char host[72];    /* the nodename, NUL padded */
    /* The first failure of the agent's own in a process of this file, after
     * which that one records no more. */
    uint64_t stopped_ns; /* atomic: on CLOCK_MONOTONIC; 0: there was none */
    uint32_t stopped_pid;
    uint32_t stopped_cause; /* errno; EFAULT: no space, or over quota */
    /* Of a ring: */
    uint64_t dropped_ticks; /* atomic: what was recorded before may be gone */
    uint64_t last_ns;       /* it keeps so long, 0: as long as there is room; */
    uint64_t last_bytes;    /* and so much, 0: as much as there is */
    uint32_t slot_count;    /* atomic: the slots that were used so far */
    uint32_t pad;
};

/* A ring is a row of slots behind header_bytes.  A word for each slot follows the
 * header's page: 0 where it is free, pid << 1 | 1 while a process writes into it,
 * ticks << 1 once it is full: when its last record was stored. */
#define SPOOL_SLOT_BYTES (128u << 10)
#define SPOOL_SLOT_LIMIT (64u << 10)

enum spool_chunk_kind {
    SPOOL_TRACK = 1,
    SPOOL_META = 2
};
enum spool_encoding {
    SPOOL_RAW = 0,    /* words */
    SPOOL_PACKED = 1, /* blocks, see packed.h */
    SPOOL_WINDOW = 2  /* the words of a track that are not packed yet */
};
#define SPOOL_WINDOW_BYTES    (64u << 10)
#define SPOOL_WINDOW_SEQUENCE UINT64_MAX /* it comes last */

/* Every chunk starts with this, then the open stack, then its data. */
struct spool_chunk {
    uint64_t magic;      /* SPOOL_CHUNK_MAGIC, stored last */
    uint64_t offset;     /* where in the file this chunk starts */
    uint32_t size_bytes; /* may shrink when a dead thread gives its rest back */
    uint16_t kind;       /* enum spool_chunk_kind */
    uint16_t encoding;   /* enum spool_encoding */
    uint32_t
        data_offset; /* of the first record or entry, from the chunk's begin */
    uint32_t pid;
    uint64_t process_start_ns; /* with pid names the process image */
    uint32_t tid;
    uint32_t interpreter; /* 0 is the main one */
    uint64_t track;       /* unique in the file; 0 in a meta chunk */
    uint64_t sequence; /* 0, 1, 2, ... of the track, or of the process's meta */
    uint64_t base_ticks;      /* times count from here until a TIME record */
    struct spool_clock clock; /* when the chunk started */
    struct spool_clock latest[2]; /* latest[(latest_count - 1) & 1] is valid */
    uint64_t latest_count;
    uint64_t generation;  /* of a window: the number of the block it will be */
    uint32_t stack_depth; /* calls open when the chunk started */
    uint32_t
        stack_stored; /* that many follow, innermost first: id << 4 | kind */
    uint32_t stack[];
};

/* A record is one word: time:36 | id:24 | kind:4, drawn in FORMAT.md. */
#define SPOOL_KIND_BITS  4
#define SPOOL_ID_BITS    24
#define SPOOL_TIME_BITS  36
#define SPOOL_TIME_SHIFT (SPOOL_KIND_BITS + SPOOL_ID_BITS)

enum spool_kind {
#define RECORD(name, number, summary) SPOOL_##name = number,
#include "formats/spool/records.def"
#undef RECORD
};

enum spool_ext {
#define EXT(name, number, summary) SPOOL_EXT_##name = number,
#include "formats/spool/records.def"
#undef EXT
};

static inline uint64_t
spool_word(uint64_t delta_ticks, uint32_t id, enum spool_kind kind)
{
    return delta_ticks << SPOOL_TIME_SHIFT | (uint64_t)id << SPOOL_KIND_BITS |
           (uint64_t)kind;
}

/* BUSY keeps its duration where others keep the id, in units of this many
 * ticks: up to 1.4 s at 3 GHz, longer ones take several records. */
#define SPOOL_BUSY_UNIT_SHIFT 8

enum spool_gap {             /* why there is one */
    SPOOL_GAP_DISPLACED = 1, /* another profile function was set */
    SPOOL_GAP_PAUSED = 2,    /* the program paused the recording */
    SPOOL_GAP_ORDERED = 3    /* it was paused from outside */
};

enum spool_arguments { /* in EXT ARGUMENTS, what the text says */
    SPOOL_ARGUMENTS_CALL = 0,
    SPOOL_ARGUMENTS_RETURN = 1,
    SPOOL_ARGUMENTS_PASSED = 2 /* there is none: too many calls */
};

/* The head of an EXT record: its payload words follow it in the file and are
 * stored before it.  time:36 | words:12 | type:12 | kind:4. */
#define SPOOL_EXT_TYPE_BITS 12
#define SPOOL_EXT_WORDS_MAX 4095u

static inline uint64_t
spool_ext_head(uint64_t delta_ticks, uint32_t words, enum spool_ext type)
{
    return delta_ticks << SPOOL_TIME_SHIFT | (uint64_t)words << 16 |
           (uint64_t)type << SPOOL_KIND_BITS | (uint64_t)SPOOL_EXT;
}

/* An entry of a meta chunk; size_bytes is stored last and never 0. */
struct spool_meta {
    uint32_t size_bytes; /* of the whole entry, a multiple of 8 */
    uint16_t type;       /* enum spool_meta_type */
    uint16_t reserved;
};

enum spool_meta_type {
#define META(name, number, summary) SPOOL_META_##name = number,
#include "formats/spool/records.def"
#undef META
};

/* Strings follow the fixed part of an entry, one after the other, each as a
 * uint32_t length and that many bytes, without padding in between. */

struct
    spool_meta_process { /* strings: executable, argv (each argument ended by NUL), interpreter, directory */
    struct spool_meta meta;
    uint32_t pid;
    uint32_t parent_pid;
    uint64_t start_ns; /* CLOCK_MONOTONIC; the process_start_ns of its chunks */
    uint64_t
        parent_start_ns; /* of the image it was forked from, 0 if how is not FORKED */
    uint64_t start_ticks;
    uint32_t first_id; /* smaller function ids are the forking image's */
    uint32_t how;      /* enum spool_process_how */
    uint64_t
        exec_start; /* field 22 of /proc/PID/stat: the same before and after an exec */
};
enum spool_process_how {
    SPOOL_EXECED = 1,
    SPOOL_FORKED = 2
};

struct spool_meta_function { /* strings: module or type, qualified name, file */
    struct spool_meta meta;
    uint32_t id;
    uint32_t kind;  /* enum spool_function_kind */
    uint32_t line;  /* 0 where there is none */
    uint32_t flags; /* the code object's co_flags and whose code it is; for C:
                       a kind of method, or 0 */
};
/* In flags of a Python function; CPython's own end below them. */
#define SPOOL_OWNER_KNOWN (UINT32_C(1) << 30)
#define SPOOL_OWNER_USER  (UINT32_C(1) << 31) /* the user's own; see there */
enum {
    SPOOL_C_METHOD = 1, /* of a type, not a function of a module */
    SPOOL_C_CLASS_METHOD = 2
};
enum spool_function_kind {
    SPOOL_PYTHON_FUNCTION = 1,
    SPOOL_C_FUNCTION = 2,
    SPOOL_NAMED_SPAN =
        3, /* named by the program; entered and left like a call */
    SPOOL_INSTANT_NAME = 4,   /* of EXT INSTANT */
    SPOOL_COUNTER_SERIES = 5, /* of EXT COUNTER: module is the counter's name */
    SPOOL_WAIT_NAME = 6,      /* of EXT WAIT: the call that blocked */
    SPOOL_EXCEPTION_TYPE = 7  /* of EXT EXCEPTION */
};

/* The payload of EXT EXCEPTION; those behind WHAT only where it is RAISED.  The last
 * word is WHAT, or 0 behind the text: none that could be an exit. */
enum spool_exception_word {
    SPOOL_EXCEPTION_NUMBER, /* of the thread's exceptions, and << 32 the line */
    SPOOL_EXCEPTION_WHAT, /* enum spool_exception, and << 8 the id of its type */
    SPOOL_EXCEPTION_PLACE, /* the id of the function that raised it + 1, where it
                               is not the innermost call; 0: it is */
    SPOOL_EXCEPTION_BYTES, /* of the message, and << 32 of the place in words,
                               where that is not recorded */
    SPOOL_EXCEPTION_TEXT
};
enum spool_exception {
    SPOOL_EXCEPTION_RAISED = 1,
    SPOOL_EXCEPTION_HANDLED = 2, /* control goes to a handler of the innermost
                                    call, which may raise it again */
    SPOOL_EXCEPTION_GOES_ON =
        3, /* it is this one that leaves the innermost call */
    SPOOL_EXCEPTION_UNCAUGHT = 4, /* it leaves the innermost call, and nobody
                                     catches it */
    SPOOL_EXCEPTION_CONTROL = 16, /* with RAISED: it is no error */
    SPOOL_EXCEPTION_BEHIND =
        32 /* as if it lay before the record before, which is
                                   the exit of the call */
};

/* The payload of EXT TASK; those behind the first may be missing, all of them. */
enum spool_task_word {
    SPOOL_TASK_STEP, /* the id of the function << 40, and the task's number, from 1
                          on, each task of a process another one */
    SPOOL_TASK_PARENT, /* the number of the task that made it, or 0 */
    SPOOL_TASK_MADE,   /* ticks; 0: not known */
    SPOOL_TASK_NAME_BYTES,
    SPOOL_TASK_NAME
};
#define SPOOL_TASK_BITS 40
static inline uint64_t
spool_task_step(uint32_t function, uint64_t task)
{
    return (uint64_t)function << SPOOL_TASK_BITS |
           (task & ((1ull << SPOOL_TASK_BITS) - 1));
}

/* The payload of EXT WAIT; those behind what may be missing, all of them. */
enum spool_wait_word {
    SPOOL_WAIT_BEGIN, /* ticks */
    SPOOL_WAIT_END,
    SPOOL_WAIT_WHAT, /* enum spool_wait, and << 8 the id of its name + 1, or 0 */
    SPOOL_WAIT_HOLDER, /* who had it meanwhile: track + 1 << 32, or 0, and the id
                          of the function that one was in + 1, or 0 */
    SPOOL_WAIT_AMOUNT, /* bytes; all ones: not known */
    SPOOL_WAIT_TEXT_BYTES,
    SPOOL_WAIT_TEXT,

    SPOOL_WAIT_LEAST = SPOOL_WAIT_HOLDER
};
enum spool_wait {
#define WAIT(name, number, text, summary) SPOOL_WAIT_##name = number,
#include "formats/spool/records.def"
#undef WAIT
};

struct spool_meta_source { /* strings: file */
    struct spool_meta meta;
    uint32_t known; /* 0: when its code was loaded nobody looked */
    uint32_t pad;
    uint64_t size_bytes; /* when it was loaded */
    int64_t modified_ns; /* its st_mtim then: CLOCK_REALTIME */
};

struct spool_meta_thread { /* strings: name */
    struct spool_meta meta;
    uint64_t track;
};

struct spool_meta_greenlet { /* the track shares its thread with others */
    struct spool_meta meta;
    uint64_t track;
};

struct spool_meta_end { /* the process ended by itself, in order */
    struct spool_meta meta;
    struct spool_clock clock;
};

struct spool_meta_usage { /* until the process ended in order */
    struct spool_meta meta;
    uint64_t cpu_ns; /* of all its threads */
    uint64_t
        delay_ns; /* that they were ready and did not run; all ones: not known */
};

struct spool_meta_filter { /* strings: rules, as in CODESNAP_FILTER */
    struct spool_meta meta;
    uint32_t most_calls; /* around which none is recorded; 0: no such limit */
    uint32_t own; /* 1: of libraries the outermost calls alone, and imports */
    uint32_t most_overhead; /* in thousandths of the program's time; 0: any */
    uint32_t pad;
    uint64_t shortest_ns; /* of the calls; some shorter ones may be there */
};
struct spool_meta_throttled { /* from there on; but what was open goes on */
    struct spool_meta meta;
    uint32_t id;
    uint32_t pad;
    uint64_t ticks;
    uint64_t calls_per_second; /* until then; 0: all are recorded again */
};
struct spool_meta_rule {
    struct spool_meta meta;
    uint32_t number; /* in FILTER, from 0 on: it has fitted a function */
    uint32_t pad;
};
struct spool_meta_note { /* strings: text */
    struct spool_meta meta;
    uint32_t code; /* enum spool_note */
    uint32_t pad;
    uint64_t count; /* e.g. how many events were lost */
};
enum spool_note {
    SPOOL_NOTE_TEXT = 0,
    SPOOL_NOTE_LOST = 1,
    SPOOL_NOTE_STOOD_DOWN = 2,
    SPOOL_NOTE_UNTRACED = 3 /* programs it started that were kept from us */
};

struct spool_meta_cost { /* the tracer's own cost, measured at the start */
    struct spool_meta meta;
    uint64_t python_call_ps; /* picoseconds that one traced call adds */
    uint64_t c_call_ps;
};

struct spool_meta_startup { /* before the program's first code */
    struct spool_meta meta;
    uint64_t took_ns; /* of the processor, for the tracer's start */
};

struct spool_meta_origin { /* the process image that started this one */
    struct spool_meta meta;
    uint32_t pid;
    uint32_t tid;      /* its thread that called fork, exec or spawn */
    uint64_t start_ns; /* its process_start_ns */
    uint64_t ticks;    /* when it did */
};

struct spool_meta_status {
    struct spool_meta meta;
    uint32_t pid;         /* whose end it is */
    uint32_t wait_status; /* as from waitpid */
    uint32_t reporter;    /* enum spool_reporter */
    uint32_t pad;
    uint64_t monotonic_ns; /* when it was told */
};
enum spool_reporter {
    SPOOL_REPORTED_ITSELF = 0, /* about to call _exit */
    SPOOL_REPORTED_BY_PARENT = 1
};

_Static_assert(sizeof(struct spool_chunk) == 168, "layout");
_Static_assert(sizeof(struct spool_header) == 232, "layout");

#endif
