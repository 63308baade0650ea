/* SPDX-License-Identifier: Apache-2.0
 *
 * alarms.c: see alarms.h.
 */
#include "launcher/run/alarms.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/hash.h"
#include "formats/base/rule.h"
#include "formats/spool/clock.h"
#include "launcher/support/message.h"

#define PAUSE_NS UINT64_C(10000000000) /* from one to the next of one trigger */
/* For so long the end of a call is waited for, which shows all of it. */
#define GRACE_NS UINT64_C(1000000000)

bool
alarms_begin(struct alarms *alarms, const struct options *options)
{
    *alarms = (struct alarms){
        .list = options_rules(options, OPTION_trigger),
        .quiet = options_is_given(options, OPTION_quiet),
        .left = (uint32_t)atol(options_text(options, OPTION_snapshots)),
    };
    struct span_of_text rest = {alarms->list,
                                alarms->list ? strlen(alarms->list) : 0};
    for (struct rule rule;
         alarms->count < TRIGGERS_MOST && rule_take(&rest, &rule);)
        if (trigger_read(rule.pattern, &alarms->triggers[alarms->count]) == 0)
            alarms->count++;
    return alarms->list || options_is_given(options, OPTION_last) ||
           options_is_given(options, OPTION_snapshots);
}

/* == WHETHER ONE IS WRITTEN ================================================ */

/* For that trigger, or from TRIGGERS_MOST on one of the program's own. */
static bool
is_due(struct alarms *alarms, uint32_t place)
{
    uint64_t now = clock_nanoseconds(CLOCK_MONOTONIC);
    bool due = alarms->left > 0 && now >= alarms->next_ns[place];
    if (due) {
        alarms->left--;
        alarms->next_ns[place] = now + PAUSE_NS;
    } else {
        alarms->passed++;
    }
    return due;
}

static uint32_t
place_of(const struct alarms *alarms, const struct control_post *post)
{
    return post->trigger < alarms->count
               ? post->trigger
               : TRIGGERS_MOST +
                     hash_of(post->name, strnlen(post->name, CONTROL_NAME)) %
                         ALARMS_OWN;
}

static void
explain(const struct alarms *alarms, const struct control_post *post,
        struct occasion *occasion)
{
    *occasion = (struct occasion){.pid = post->pid,
                                  .tid = post->tid,
                                  .begin_ns = post->begin_ns,
                                  .end_ns = post->end_ns};
    struct span_of_text text = {post->name, strnlen(post->name, CONTROL_NAME)};
    if (post->trigger < alarms->count)
        text = alarms->triggers[post->trigger].text;
    snprintf(occasion->text, sizeof occasion->text, "%.*s", (int)text.length,
             text.bytes);
}

/* == POSTS ================================================================= */

static bool
is_told(const struct alarms *alarms, uint32_t tid, uint64_t begin_ns)
{
    for (uint32_t i = 0; i < ALARMS_TOLD; i++)
        if (alarms->told[i].tid == tid && alarms->told[i].begin_ns == begin_ns)
            return true;
    return false;
}

/* 1; 0: it is not there yet; -1: another one lies in its place. */
static int
read_post(const struct control *control, uint64_t number,
          struct control_post *post)
{
    const struct control_post *place = &control->posts[number % CONTROL_POSTS];
    uint64_t before = __atomic_load_n(&place->number, __ATOMIC_ACQUIRE);
    *post = *place;
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    uint64_t after = __atomic_load_n(&place->number, __ATOMIC_RELAXED);
    if (before == number && after == number)
        return 1;
    return before > number || after > number ? -1 : 0;
}

static bool
take_post(struct alarms *alarms, const struct control *control,
          struct occasion *occasion)
{
    uint64_t posted = __atomic_load_n(&control->posted, __ATOMIC_ACQUIRE);
    struct control_post post;
    while (alarms->posts < posted) {
        int there = read_post(control, alarms->posts + 1, &post);
        if (there == 0 && posted - alarms->posts < CONTROL_POSTS)
            return false;
        alarms->posts++;
        if (there != 1)
            alarms->passed++;
        if (there != 1 || is_told(alarms, post.tid, post.begin_ns) ||
            !is_due(alarms, place_of(alarms, &post)))
            continue;
        explain(alarms, &post, occasion);
        return true;
    }
    return false;
}

/* == CALLS THAT ARE STILL OPEN ============================================= */

/* In a pause the end of a call is not seen. */
static bool
is_recording(const struct control *control, uint32_t pid)
{
    if (kill((pid_t)pid, 0) < 0 && errno == ESRCH)
        return false;
    for (uint32_t i = 0; i < CONTROL_SLOTS; i++)
        if (__atomic_load_n(&control->slots[i].pid, __ATOMIC_ACQUIRE) == pid)
            return CONTROL_STATE(control->slots[i].state) <= CONTROL_RECORDING;
    return true;
}

static bool
is_too_long(const struct alarms *alarms, const struct control_watch *watch,
            uint32_t trigger, uint64_t begin_ns)
{
    uint64_t now = clock_nanoseconds(CLOCK_MONOTONIC);
    return begin_ns && now > begin_ns &&
           now - begin_ns > alarms->triggers[trigger].ns + GRACE_NS &&
           !is_told(alarms, watch->tid, begin_ns);
}

static bool
take_open(struct alarms *alarms, const struct control *control,
          const struct control_watch *watch, struct occasion *occasion)
{
    uint32_t pid = __atomic_load_n(&watch->pid, __ATOMIC_ACQUIRE);
    for (uint32_t i = 0; pid && i < alarms->count; i++) {
        uint64_t begin_ns =
            __atomic_load_n(&watch->begin_ns[i], __ATOMIC_ACQUIRE);
        if (!is_too_long(alarms, watch, i, begin_ns) ||
            !is_recording(control, pid))
            continue;
        uint32_t at = alarms->told_count++ % ALARMS_TOLD;
        alarms->told[at].begin_ns = begin_ns;
        alarms->told[at].tid = watch->tid;
        if (!is_due(alarms, i))
            continue;
        explain(alarms,
                &(struct control_post){.pid = pid,
                                       .tid = watch->tid,
                                       .trigger = i,
                                       .begin_ns = begin_ns,
                                       .end_ns =
                                           clock_nanoseconds(CLOCK_MONOTONIC)},
                occasion);
        return true;
    }
    return false;
}

bool
alarms_take(struct alarms *alarms, const struct control *control,
            struct occasion *occasion)
{
    if (take_post(alarms, control, occasion))
        return true;
    for (uint32_t i = 0; i < CONTROL_WATCHES && alarms->count; i++)
        if (take_open(alarms, control, &control->watches[i], occasion))
            return true;
    return false;
}

/* == THE END =============================================================== */

/* It may be misspelled. */
static void
say_unmet(const struct trigger *trigger)
{
    int length = (int)trigger->text.length;
    if (trigger->kind == TRIGGER_CALL)
        message_say("--trigger '%.*s': no function that was called matches",
                    length, trigger->text.bytes);
    else if (trigger->kind == TRIGGER_EXCEPTION && trigger->what.length)
        message_say("--trigger '%.*s': no exception of that type left a "
                    "function",
                    length, trigger->text.bytes);
}

void
alarms_end(struct alarms *alarms, const struct control *control)
{
    for (uint32_t i = 0; control && i < alarms->count; i++) {
        if (!(control->met >> i & 1))
            say_unmet(&alarms->triggers[i]);
    }
    uint64_t passed = alarms->passed + (control ? control->passed : 0);
    if (passed && !alarms->quiet)
        message_say("a trigger came %" PRIu64
                    " more times without a snapshot (one each 10 s for each "
                    "trigger, --snapshots in all)",
                    passed);
    free(alarms->list);
    alarms->list = NULL;
}
