/* SPDX-License-Identifier: Apache-2.0
 *
 * waitkind.h: what the kinds of waits are called in outputs.
 */
#ifndef CODESNAP_WAITKIND_H
#define CODESNAP_WAITKIND_H

#include "formats/trace/trace.h"

extern const char *const waitkind_names[WAIT_KINDS];

/* The kind of that name; 0: there is none. */
enum wait_kind waitkind_of(const char *name, size_t bytes);

/* Off the processor, for sure. */
static inline bool
waitkind_is_off(enum wait_kind kind)
{
    return kind == WAIT_BLOCKED || kind == WAIT_PREEMPTED;
}

#endif
