/* SPDX-License-Identifier: Apache-2.0
 *
 * stray.h: an exit that is not the innermost call's, but of one further out.
 * Either the calls in between ended unseen (longjmp, another profiler), or the
 * exit does not belong here and all of them go on.  What follows tells.
 */
#ifndef CODESNAP_STRAY_H
#define CODESNAP_STRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/decode/frames.h"

/* How many words behind the exit are looked at. */
#define STRAY_WORDS 4096u

/* Is the exit of frame number at, counted from 1 at the outermost, that of the
 * call itself?  words are what follows in its block. */
bool stray_fits(const struct frames *stack, uint32_t at, const uint64_t *words,
                size_t count);

#endif
