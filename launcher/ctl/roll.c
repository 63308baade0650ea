/* SPDX-License-Identifier: Apache-2.0
 *
 * roll.c: who has a place in the page of control, and who has the session's spool
 * mapped without one: a process that was forked a moment ago, or makes no calls.
 */
#include "launcher/ctl/roll.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/spool/living.h"
#include "launcher/ctl/setting.h"
#include "launcher/run/procscan.h"
#include "launcher/support/message.h"
#include "launcher/support/processname.h"

/* == CALLING IT =========================================================== */

static bool
is_on(const struct roll *roll, uint32_t pid)
{
    for (size_t i = 0; i < roll->count; i++)
        if (roll->list[i].pid == pid)
            return true;
    return false;
}

static int
add(struct roll *roll, uint32_t pid, const struct control_slot *slot)
{
    if (roll->count == roll->room) {
        size_t room = roll->room ? roll->room * 2 : 64;
        void *list = realloc(roll->list, room * sizeof *roll->list);
        if (!list) {
            message_say("out of memory");
            return -1;
        }
        roll->list = list;
        roll->room = room;
    }
    roll->list[roll->count++] = (struct roll_entry){pid, slot};
    return 0;
}

static int
add_slots(struct roll *roll)
{
    for (uint32_t i = 0; i < CONTROL_SLOTS; i++) {
        const struct control_slot *slot = &roll->control->slots[i];
        uint32_t pid = __atomic_load_n(&slot->pid, __ATOMIC_ACQUIRE);
        if (pid && !is_on(roll, pid) && living_is(pid, slot->exec_start) &&
            add(roll, pid, slot) < 0)
            return -1;
    }
    return 0;
}

static int
add_silent(struct roll *roll)
{
    struct procscan scan;
    int result = 0;
    procscan_begin(&scan, roll->folder);
    scan.since = 0; /* all are older than we are */
    procscan_look(&scan, PROCSCAN_WRITES);
    for (size_t i = 0; i < scan.count && result == 0; i++)
        if (!is_on(roll, (uint32_t)scan.list[i]))
            result = add(roll, (uint32_t)scan.list[i], NULL);
    procscan_end(&scan);
    return result;
}

static int
compare(const void *left, const void *right)
{
    uint32_t a = ((const struct roll_entry *)left)->pid;
    uint32_t b = ((const struct roll_entry *)right)->pid;
    return a < b ? -1 : a > b;
}

int
roll_call(struct roll *roll, const char *folder, const struct control *control)
{
    *roll = (struct roll){.folder = folder, .control = control};
    if (add_slots(roll) < 0 || add_silent(roll) < 0)
        return -1;
    if (roll->count == 0) {
        message_say("%s: no process of it runs any more", folder);
        return -1;
    }
    qsort(roll->list, roll->count, sizeof *roll->list, compare);
    return 0;
}

void
roll_end(struct roll *roll)
{
    free(roll->list);
    *roll = (struct roll){.list = NULL};
}

/* == ANSWERS ============================================================== */

static bool
answered(const struct roll_entry *entry, uint64_t sequence)
{
    return entry->slot &&
           __atomic_load_n(&entry->slot->seen, __ATOMIC_ACQUIRE) >= sequence;
}

bool
roll_has_answered(const struct roll *roll, uint64_t sequence)
{
    for (size_t i = 0; i < roll->count; i++)
        if (!answered(&roll->list[i], sequence) &&
            living_is(roll->list[i].pid, 0))
            return false;
    return true;
}

/* CONTROL_AS_STARTED where it has said nothing. */
static uint32_t
word_of(const struct roll_entry *entry)
{
    return entry->slot ? __atomic_load_n(&entry->slot->state, __ATOMIC_ACQUIRE)
                       : (uint32_t)CONTROL_AS_STARTED;
}

size_t
roll_count_refusals(const struct roll *roll, uint32_t what)
{
    size_t count = 0;
    for (size_t i = 0; i < roll->count; i++)
        count += (word_of(&roll->list[i]) & what) != 0;
    return count;
}

static const char *
state_of(const struct roll_entry *entry)
{
    static const char *const states[] = {
        [CONTROL_AS_STARTED] = "has made no calls",
        [CONTROL_RECORDING] = "recording",
        [CONTROL_PAUSED] = "paused",
        [CONTROL_PAUSED_BY_PROGRAM] = "paused by the program itself",
        [CONTROL_ENDED] = "not recording any more",
    };
    uint32_t state = CONTROL_STATE(word_of(entry));
    return state < sizeof states / sizeof *states ? states[state] : "?";
}

void
roll_print(const struct roll *roll, uint64_t sequence)
{
    char name[128], set[SETTING_TEXT_BYTES];
    for (size_t i = 0; i < roll->count; i++) {
        const struct roll_entry *entry = &roll->list[i];
        processname_of((pid_t)entry->pid, name, sizeof name);
        printf("%7u  %-20s %s%s\n", entry->pid, name, state_of(entry),
               answered(entry, sequence) ? "" : "; acts at its next call");
    }
    if (*setting_say(roll->control, set))
        printf("set while it runs: %s\n", set);
}

void
roll_print_json(const struct roll *roll, uint64_t sequence)
{
    char name[128], set[SETTING_TEXT_BYTES];
    setting_say(roll->control, set);
    printf("[");
    for (size_t i = 0; i < roll->count; i++) {
        const struct roll_entry *entry = &roll->list[i];
        processname_of((pid_t)entry->pid, name, sizeof name);
        for (char *at = name; *at; at++)
            if (*at == '"' || *at == '\\')
                *at = '?';
        printf("%s\n{\"pid\":%u,\"name\":\"%s\",\"state\":\"%s\","
               "\"set\":\"%s\",\"answered\":%s}",
               i ? "," : "", entry->pid, name, state_of(entry), set,
               answered(entry, sequence) ? "true" : "false");
    }
    printf("\n]\n");
}
