/* SPDX-License-Identifier: Apache-2.0
 *
 * quota.c: see quota.h.
 */
#include "agent/store/quota.h"

#include "agent/store/orders.h"
#include "agent/store/spool.h"

static uint64_t quota_bytes;

void
quota_ask(uint64_t bytes)
{
    quota_bytes = bytes;
}

bool
quota_is_used_up(const char *folder)
{
    struct control *control = quota_bytes ? control_map(folder) : NULL;
    if (!control)
        return false;
    bool full =
        __atomic_load_n(&control->used_bytes, __ATOMIC_RELAXED) >= quota_bytes;
    control_unmap(control);
    return full;
}

static bool
may_take(uint32_t bytes)
{
    return orders_count_bytes(bytes) <= quota_bytes;
}

void
quota_begin(void)
{
    if (!quota_bytes)
        return;
    orders_count_bytes(spool_allocated());
    spool_ask_before(may_take);
}
