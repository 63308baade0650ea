/* SPDX-License-Identifier: Apache-2.0
 *
 * setting.c: see setting.h.  The page has what was set last, each time anything is
 * ordered.
 */
#include "agent/cpython/start/setting.h"

#include "agent/base/process.h"
#include "agent/cpython/abi/python.h"
#include "agent/cpython/hooks/monitoring.h"
#include "agent/cpython/hooks/throttle.h"
#include "agent/store/entry.h"
#include "agent/store/spool.h"
#include "agent/track/shortcall.h"
#include "agent/track/threads.h"
#include "formats/base/amount.h"
#include "formats/base/phrase.h"

/* What was acted upon. */
static struct {
    uint32_t most_overhead;
    uint64_t shortest_ns;
} taken;

/* value NULL: none. */
static void
tell(const char *flag, const char *value)
{
    char text[96];
    struct phrase phrase = phrase_begin(text, sizeof text);
    if (value)
        phrase_add(&phrase, "%s was set to %s while it ran", flag, value);
    else
        phrase_add(&phrase, "%s was lifted while it ran", flag);
    if (spool_is_open())
        entry_append_note(SPOOL_NOTE_TEXT, 1, text);
}

static void
bound_depth(uint32_t most_calls)
{
    char value[16];
    struct phrase phrase = phrase_begin(value, sizeof value);
    if (!most_calls || most_calls == thread_most_calls)
        return;
    process_adopt();
    threads_bound(most_calls);
    phrase_add(&phrase, "%u", (unsigned)most_calls);
    tell("--max-depth", most_calls == CONTROL_NO_NUMBER ? NULL : value);
}

static void
refuse_bound(void)
{
    orders_refuse(CONTROL_UNBOUND);
    if (spool_is_open())
        entry_append_note(SPOOL_NOTE_TEXT, 1, throttle_needs);
}

static void
bound_cost(uint32_t per_mille)
{
    char value[24];
    struct phrase phrase = phrase_begin(value, sizeof value);
    bool lifted = per_mille == CONTROL_NO_NUMBER;
    if (!per_mille || per_mille == taken.most_overhead)
        return;
    taken.most_overhead = per_mille;
    process_adopt();
    if (!throttle_bound(lifted ? 0 : per_mille)) {
        refuse_bound();
        return;
    }
    phrase_add(&phrase, "%u", (unsigned)per_mille / 10);
    if (per_mille % 10)
        phrase_add(&phrase, ".%u", (unsigned)per_mille % 10);
    phrase_add(&phrase, "%%");
    tell("--max-overhead", lifted ? NULL : value);
}

static void
drop_short(uint64_t ns)
{
    char value[AMOUNT_ROOM];
    bool lifted = ns == CONTROL_NO_TIME;
    if (!ns || ns == taken.shortest_ns)
        return;
    taken.shortest_ns = ns;
    process_adopt();
    if (py.minor < 12 && !shortcall_is_on) {
        orders_refuse(CONTROL_KEEPS_SHORT);
        return;
    }
    shortcall_open(lifted ? 0 : ns);
    monitoring_choose_hooks();
    amount_say((struct amount){.ns = ns}, value);
    tell("--min-duration", lifted ? NULL : value);
}

void
setting_take(const struct orders *orders)
{
    bound_depth(orders->most_calls);
    bound_cost(orders->most_overhead);
    drop_short(orders->shortest_ns);
}
