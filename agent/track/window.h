/* SPDX-License-Identifier: Apache-2.0
 *
 * window.h: where a thread's records go: into a window, a small chunk that
 * stays mapped and in the caches; when it is full, packed, into the track's
 * packed chunks.  Only its own thread calls these, except window_drop and
 * window_forget_rests, which run in a forked child.  No GIL needed, nothing
 * allocated; each 0, or -1 when nothing can be recorded any more.
 */
#ifndef CODESNAP_WINDOW_H
#define CODESNAP_WINDOW_H

#include "agent/track/thread.h"

/* A window has so many bytes at least, and behind its header and stack room for
 * one EXT record with so many words of payload, behind a TIME record. */
#define WINDOW_LEAST_BYTES (16u << 10)
#define WINDOW_EXT_WORDS \
    ((WINDOW_LEAST_BYTES - WINDOW_LEAST_BYTES / SPOOL_STACK_SHARE) / 8 - 2)

/* The first window of a track; what is on the shadow stack is open already.
 * Times count from base_ticks. */
int window_begin(struct thread *thread, uint64_t base_ticks);

/* More room: the next pages of the window, or all of it again after its records
 * were packed.  The shadow stack is that of before the record that comes. */
int window_extend(struct thread *thread, uint64_t base_ticks);

/* Renew the pair of clocks in the window's header, if it is not fresh. */
void window_note_clock(struct thread *thread);

/* The thread ends: leave what the window does not need to the next one. */
void window_end(struct thread *thread);

/* Take a first window back as if it had never been; nothing is in it. */
void window_undo(struct thread *thread);

/* Unmap; the file keeps everything. */
void window_drop(struct thread *thread);
void window_forget_rests(void);

#endif
