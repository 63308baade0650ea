/* SPDX-License-Identifier: Apache-2.0
 *
 * origin.h: who started a process: the image, its thread and the time, as a
 * variable of the environment that goes through shells and wrappers unchanged
 * until the next traced process takes it.
 */
#ifndef CODESNAP_ORIGIN_H
#define CODESNAP_ORIGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/spool/spool.h"

#define ORIGIN_VARIABLE "CODESNAP_ORIGIN="
/* The variable with 10, 20, 10 and 20 digits. */
#define ORIGIN_BYTES 96

/* What the environment says of this process, which then forgets it.  false
 * where it says nothing.  One thread, before os.environ is read. */
bool origin_take(struct spool_meta_origin *origin);

/* Where a process that this thread starts now comes from; in a forked child
 * that has not announced itself, from the fork.  Callable between vfork and
 * exec. */
struct spool_meta_origin origin_here(void);
/* The same as a variable: ORIGIN_BYTES at most. */
void origin_write(char *to, const struct spool_meta_origin *origin);

/* Put a variable into the environment that names this process, for what is
 * started without our seeing it.  One thread, after os.environ was read. */
void origin_offer(void);
/* After a fork: it names this process now. */
void origin_renew(void);
/* Between these two it names the thread and the time, too. */
void origin_begin(void);
void origin_end(void);

#endif
