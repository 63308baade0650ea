/* SPDX-License-Identifier: Apache-2.0
 *
 * entry.h: the META chunks of this process image, and appending to them.  Any
 * thread, with or without the GIL; may map memory, never allocates.
 */
#ifndef CODESNAP_ENTRY_H
#define CODESNAP_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/base/text.h"
#include "formats/spool/spool.h"

/* Append one entry: fixed, of fixed_bytes, and count strings behind it.  Returns
 * where it lies, so that parts of it can be stored later: those of the first
 * chunk stay mapped.  NULL: nothing can be recorded any more. */
char *entry_append(const struct spool_meta *fixed, uint32_t fixed_bytes,
                   const struct text *texts, int count);

/* The id of a new function, or -1 when they are used up or the spool is
 * broken.  fixed says its kind, line and flags; module, qualified name, file. */
int64_t entry_append_function(const struct spool_meta_function *fixed,
                              const struct text names[3]);
/* In a ring: that id means this one from here on.  0, or -1. */
int entry_append_function_again(uint32_t id,
                                const struct spool_meta_function *fixed,
                                const struct text names[3]);
bool entry_is_crowded(void); /* there is no room for more functions */
/* Functions with lower ids than this are named by the process that forked this
 * one.  In a ring none are: it says all names that it knows again. */
uint32_t entry_first_id(void);
void entry_repeat_functions(void);
/* In a ring: nothing more is recorded of the track. */
void entry_end_track(uint64_t track);

/* What a file was like when code of it was loaded. */
void entry_append_source(const struct spool_meta_source *source,
                         struct text path);
void entry_append_track_name(uint64_t track, struct text name);
/* The track is a greenlet's. */
void entry_append_greenlet(uint64_t track);
/* Returns where it lies, as entry_append. */
char *entry_append_note(enum spool_note code, uint64_t count,
                        const char *message);
/* What is missing from here on, in this image and in what comes of it: a forked
 * child and the next recording say it again.  The message is a literal; each is
 * said once. */
void entry_append_lasting_note(const char *message);
void entry_repeat_lasting_notes(void);
/* What a traced call costs, in picoseconds: of Python functions, of C ones. */
void entry_append_cost(uint64_t python_ps, uint64_t c_ps);
/* The function is called so often that its calls are recorded no more. */
void entry_append_throttled(uint32_t id, uint64_t ticks,
                            uint64_t calls_per_second);
/* What was asked for, where not everything is recorded: rules may be NULL. */
struct entry_filter {
    const char *rules;
    uint32_t most_calls, most_overhead; /* 0: no such limit */
    uint64_t shortest_ns;
    bool own;
};
void entry_append_filter(const struct entry_filter *filter);
/* That one of them has fitted a function, from 0 on. */
void entry_append_rule(uint32_t number);
/* What the agent's start took of the processor. */
void entry_append_startup(uint64_t took_ns);

/* A forked child: its chunks are still to come, ids go on.  The parent's first
 * chunk stays mapped until the child has one of its own. */
void entry_leave_chunks(void);
void entry_leave_first_chunk(void);
/* The spool is given up: ids begin anew, too. */
void entry_forget(void);

#endif
