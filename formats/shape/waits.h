/* SPDX-License-Identifier: Apache-2.0
 *
 * waits.h: which functions wait: for a time, a lock, a thread, a process or
 * data.  The page has the same list in share/viewer/analysis/waits.js.
 */
#ifndef CODESNAP_WAITS_H
#define CODESNAP_WAITS_H

#include "formats/trace/trace.h"

bool waits_is_one(const struct function *function);

#endif
