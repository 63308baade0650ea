/* SPDX-License-Identifier: Apache-2.0
 *
 * lock.c: how many locks the thread holds.
 */
#include "agent/base/lock.h"

__thread uint32_t lock_depth;
