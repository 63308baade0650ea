/* SPDX-License-Identifier: Apache-2.0
 *
 * replay.h: a trace while it is put together again out of an output of ours, for
 * the readers of each kind of output.
 */
#ifndef CODESNAP_REPLAY_H
#define CODESNAP_REPLAY_H

#include <stdbool.h>

#include "formats/trace/trace.h"
#include "launcher/replay/value.h"

struct replay {
    struct trace trace; /* first */
    uint32_t process_room, track_room, function_room;
    const char *path;
    char *error; /* where to say what is wrong */
    size_t error_bytes;
};

/* The readers of each kind: html.c, json.c.  Each gives NULL after it has said why. */
struct trace *replay_open_html(struct replay *begun);
struct trace *replay_open_json(struct replay *begun);

/* Say what is wrong with the file, behind its name; returns NULL. */
void *replay_fail(struct replay *replay, const char *what);

/* One more at the end of its list; NULL without memory. */
struct process *replay_process(struct replay *replay,
                               const struct value *about);
struct track *replay_track(struct replay *replay, const char *name,
                           struct process *process);
struct function *replay_function(struct replay *replay, enum function_kind kind,
                                 const char *name);
/* Of a Python function: "Shop.deep" of "Shop.deep (shop.py:7)"; the code of a module,
 * "import shop (shop.py:1)", is "<module>", as in a session. */
void replay_cut_place(struct function *function);
/* What is told of all, in the object that has duration_ns, and of each process,
 * those that are there already included; 0, or -1 without memory, or if that was
 * told before. */
int replay_about(struct replay *replay, const struct value *about);
/* When all tracks are there: which of them started which process. */
void replay_about_origins(struct replay *replay, const struct value *about);
int replay_about_notes(struct replay *replay, const struct value *notes);
/* When all tracks and functions are. */
void replay_about_troubles(struct replay *replay, const struct value *troubles);

/* Free what a struct replay holds, not itself. */
void replay_release(struct replay *replay);

#endif
