/* SPDX-License-Identifier: Apache-2.0
 *
 * triggered.c: see triggered.h.
 */
#include "agent/cpython/follow/triggered.h"

#include <string.h>

#include "agent/base/process.h"
#include "agent/cpython/abi/exception.h"
#include "agent/cpython/follow/annotation.h"
#include "agent/cpython/names/triggers.h"
#include "agent/store/orders.h"
#include "agent/track/record.h"
#include "formats/base/hash.h"
#include "formats/base/phrase.h"
#include "formats/spool/clock.h"

/* Within so long an exception is the same one, which leaves the next function. */
#define AGAIN_NS 100000000u
/* Between two posts for the same. */
#define PAUSE_NS 1000000000u
/* Places for what the program names; names that share one wait for each other. */
#define NAMES 64

/* == POSTS ================================================================ */

/* Before the post: the snapshot that it leads to is to have the mark. */
static void
mark(struct thread *thread, struct text what, uint64_t took_ns)
{
    char name[TRIGGER_TEXT_MOST + 16], json[64];
    struct phrase phrase = phrase_begin(name, sizeof name);
    struct phrase value = phrase_begin(json, sizeof json);
    phrase_add(&phrase, "trigger: %.*s", (int)what.length, what.bytes);
    phrase_add(&value, "{\"took_us\":%llu}",
               (unsigned long long)(took_ns / 1000));
    annotation_instant_text(thread, (struct text){name, (uint32_t)strlen(name)},
                            (struct text){json, (uint32_t)strlen(json)});
}

/* Who looks at the posts writes one snapshot in a while: a flood of them would
 * only push others out. */
static bool
is_flood(uint64_t *last_ns, uint64_t now)
{
    uint64_t before = __atomic_load_n(last_ns, __ATOMIC_RELAXED);
    bool flood = before && now < before + PAUSE_NS;
    if (!flood)
        __atomic_store_n(last_ns, now, __ATOMIC_RELAXED);
    return flood;
}

static void
tell(struct control_post *what, uint64_t *last_ns)
{
    if (is_flood(last_ns, what->end_ns))
        orders_count_passed();
    else
        orders_post(what);
}

static struct text
text_of(const struct trigger *trigger)
{
    return (struct text){trigger->text.bytes, (uint32_t)trigger->text.length};
}

static void
post(struct thread *thread, uint32_t number, uint64_t begin_ns, uint64_t end_ns)
{
    struct control_post what = {.pid = process.pid,
                                .tid = thread->tid,
                                .trigger = number,
                                .begin_ns = begin_ns,
                                .end_ns = end_ns};
    static uint64_t last_ns[TRIGGERS_MOST];
    mark(thread, text_of(triggers_at(number)), end_ns - begin_ns);
    tell(&what, &last_ns[number]);
}

void
triggered_by_program(struct thread *thread, struct text name, uint64_t begin_ns)
{
    struct control_post what = {.pid = process.pid,
                                .tid = thread->tid,
                                .trigger = CONTROL_BY_PROGRAM,
                                .begin_ns = begin_ns,
                                .end_ns = clock_nanoseconds(CLOCK_MONOTONIC)};
    static uint64_t last_ns[NAMES];
    size_t bytes = name.length < CONTROL_NAME ? name.length : CONTROL_NAME - 1;
    memcpy(what.name, name.bytes, bytes);
    mark(thread, (struct text){name.bytes, (uint32_t)bytes},
         what.end_ns - begin_ns);
    tell(&what, &last_ns[hash_of(what.name, bytes) % NAMES]);
}

/* == CALLS ================================================================ */

/* A forked child looks for one of its own.  Where there is none free, what would be
 * shown goes nowhere, until a thread ends. */
static struct control_watch *
watch_of(struct thread *thread)
{
    static struct control_watch nowhere;
    struct control_watch *watch = thread->watch;
    record_attend(thread);
    if (watch && __atomic_load_n(&watch->pid, __ATOMIC_RELAXED) == process.pid)
        return watch;
    watch = orders_claim_watch(thread->tid);
    if (!watch)
        __atomic_store_n(&nowhere.pid, process.pid, __ATOMIC_RELAXED);
    return thread->watch = watch ? watch : &nowhere;
}

static void
show(struct thread *thread, uint32_t number, uint64_t begin_ns)
{
    __atomic_store_n(&watch_of(thread)->begin_ns[number], begin_ns,
                     __ATOMIC_RELEASE);
}

void
triggered_enter(struct thread *thread, uint32_t trigger)
{
    struct thread_timed *timed = &thread->timed[trigger - 1];
    uint32_t depth = (uint32_t)thread_open(thread);
    if (timed->begin_ns && timed->depth < depth)
        return;
    timed->depth = depth;
    timed->begin_ns = clock_nanoseconds(CLOCK_MONOTONIC);
    show(thread, trigger - 1, timed->begin_ns);
}

void
triggered_exit(struct thread *thread, uint32_t trigger)
{
    struct thread_timed *timed = &thread->timed[trigger - 1];
    uint64_t begin_ns = timed->begin_ns;
    if (!begin_ns || timed->depth < (uint32_t)thread_open(thread))
        return;
    uint64_t end_ns = clock_nanoseconds(CLOCK_MONOTONIC);
    timed->begin_ns = 0;
    show(thread, trigger - 1, 0);
    if (end_ns - begin_ns > triggers_at(trigger - 1)->ns)
        post(thread, trigger - 1, begin_ns, end_ns);
}

void
triggered_drop_stale(struct thread *thread)
{
    for (uint32_t i = 0; i < triggers_count(); i++) {
        struct thread_timed *timed = &thread->timed[i];
        if (!timed->begin_ns || timed->depth < (uint32_t)thread_open(thread))
            continue;
        timed->begin_ns = 0;
        show(thread, i, 0);
    }
}

/* == EXCEPTIONS =========================================================== */

static bool
means(const struct trigger *trigger, PyTypeObject *type, bool uncaught)
{
    if (trigger->kind != TRIGGER_EXCEPTION)
        return false;
    struct text name = {trigger->what.bytes, (uint32_t)trigger->what.length};
    return name.length ? exception_is_called(type, name)
                       : uncaught && !exception_is_type_of_exit(type);
}

void
triggered_exception(struct thread *thread, PyTypeObject *type, bool uncaught)
{
    uint64_t now = clock_nanoseconds(CLOCK_MONOTONIC);
    for (uint32_t i = 0; i < triggers_count(); i++) {
        struct thread_timed *timed = &thread->timed[i];
        bool again = timed->begin_ns && now - timed->begin_ns < AGAIN_NS;
        if (again || !means(triggers_at(i), type, uncaught))
            continue;
        orders_tell_met(i);
        timed->begin_ns = now;
        post(thread, i, now, now);
    }
}

/* == COLLECTIONS ========================================================== */

void
triggered_collection(struct thread *thread, uint64_t begin_ns)
{
    uint64_t end_ns = clock_nanoseconds(CLOCK_MONOTONIC);
    for (uint32_t i = 0; i < triggers_count(); i++)
        if (triggers_at(i)->kind == TRIGGER_COLLECTION &&
            end_ns - begin_ns > triggers_at(i)->ns)
            post(thread, i, begin_ns, end_ns);
}
