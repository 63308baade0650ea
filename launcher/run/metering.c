/* SPDX-License-Identifier: Apache-2.0
 *
 * metering.c: see metering.h.
 */
#include "launcher/run/metering.h"

#include <unistd.h>

#include "formats/spool/clock.h"
#include "formats/spool/control.h"
#include "formats/spool/living.h"
#include "formats/spool/meter.h"

bool
metering_begin(struct metering *metering, const struct options *options,
               const char *session)
{
    *metering = (struct metering){
        .session = session,
        .fd = -1,
        .is_ring = options_is_given(options, OPTION_last) ||
                   options_is_given(options, OPTION_rotate),
    };
    return options_flag(options, OPTION_counters);
}

/* Without the file, or when the disk is full, the processes sample themselves. */
static bool
is_open(struct metering *metering)
{
    if (metering->fd >= 0 || metering->failed || !*metering->session)
        return metering->fd >= 0 && !metering->failed;
    if (!metering->control)
        metering->control = control_map(metering->session);
    if (metering->control)
        metering->fd = meter_open(metering->session);
    metering->failed = metering->control && metering->fd < 0;
    return metering->fd >= 0;
}

static void
take(struct metering *metering, const struct control_slot *slot)
{
    struct meter_entry entry = {
        .pid = __atomic_load_n(&slot->pid, __ATOMIC_ACQUIRE)};
    if (!entry.pid || !slot->exec_start ||
        !living_is(entry.pid, slot->exec_start))
        return;
    entry.load = load_now(entry.pid);
    uint64_t place = metering->count++;
    if (metering->is_ring)
        place %= METER_RING;
    metering->failed = meter_put(metering->fd, place, &entry) < 0;
}

void
metering_look(void *context)
{
    struct metering *metering = context;
    uint64_t now = clock_nanoseconds(CLOCK_MONOTONIC);
    if (now < metering->next_ns || !is_open(metering))
        return;
    metering->next_ns = now + METER_PERIOD_NS;
    for (uint32_t i = 0; i < CONTROL_SLOTS && !metering->failed; i++)
        take(metering, &metering->control->slots[i]);
    if (!metering->failed)
        __atomic_store_n(&metering->control->metered_ns, now, __ATOMIC_RELEASE);
}

void
metering_end(struct metering *metering)
{
    if (metering->fd >= 0)
        close(metering->fd);
    if (metering->control)
        control_unmap(metering->control);
}
