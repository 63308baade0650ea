/* SPDX-License-Identifier: Apache-2.0
 *
 * ctl.c: the verb `ctl`: stores an order into the page of control of a session, and
 * waits a moment for the answers of its processes.  Read this first.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "formats/spool/control.h"
#include "launcher/convert/snapshot.h"
#include "launcher/ctl/roll.h"
#include "launcher/ctl/setting.h"
#include "launcher/ctl/whom.h"
#include "launcher/support/message.h"
#include "launcher/support/options.h"
#include "launcher/support/verb.h"

enum {
    PATIENCE_MS = 1000, /* for the answers */
    LOOK_MS = 2
};

struct call {
    const struct options *options;
    char folder[PATH_MAX];
    struct control *control;
    const char *argument; /* of the action, or NULL */
};

/* == ORDERS =============================================================== */

/* Returns the sequence that an answer has. */
static uint64_t
give_order(struct call *call)
{
    return __atomic_add_fetch(&call->control->sequence, 1, __ATOMIC_ACQ_REL);
}

static void
want(struct control *control, enum control_state state)
{
    uint64_t before = __atomic_load_n(&control->wanted, __ATOMIC_ACQUIRE), word;
    do
        word = CONTROL_WANTED(CONTROL_WANTED_NUMBER(before) + 1, state);
    while (!__atomic_compare_exchange_n(&control->wanted, &before, word, false,
                                        __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
}

static void
wait_for(const struct roll *roll, uint64_t sequence)
{
    const struct timespec moment = {.tv_nsec = LOOK_MS * 1000000};
    for (int waited = 0;
         waited < PATIENCE_MS && !roll_has_answered(roll, sequence);
         waited += LOOK_MS)
        nanosleep(&moment, NULL);
}

static void
print(const struct call *call, const struct roll *roll, uint64_t sequence)
{
    if (options_flag(call->options, OPTION_json))
        roll_print_json(roll, sequence);
    else if (!options_flag(call->options, OPTION_quiet))
        roll_print(roll, sequence);
}

/* What came of it: a status. */
typedef int consequence(const struct call *call, const struct roll *roll);

/* Nothing is ordered where nobody is there to act. */
static int
order(struct call *call, enum control_state state, consequence *check)
{
    struct roll roll;
    int result = roll_call(&roll, call->folder, call->control);
    if (result == 0) {
        if (state)
            want(call->control, state);
        uint64_t sequence = give_order(call);
        wait_for(&roll, sequence);
        print(call, &roll, sequence);
        result = check ? check(call, &roll) : 0;
    }
    roll_end(&roll);
    return result < 0 ? STATUS_FAILED : result;
}

/* == ACTIONS ============================================================== */

static int
show_status(struct call *call)
{
    struct roll roll;
    int result = roll_call(&roll, call->folder, call->control);
    if (result == 0)
        print(call, &roll,
              __atomic_load_n(&call->control->sequence, __ATOMIC_ACQUIRE));
    roll_end(&roll);
    return result == 0 ? 0 : STATUS_FAILED;
}

static int
pause_all(struct call *call)
{
    return order(call, CONTROL_PAUSED, NULL);
}

static int
resume_all(struct call *call)
{
    return order(call, CONTROL_RECORDING, NULL);
}

static int
take_snapshot(struct call *call)
{
    return snapshot_take(call->options, call->folder, call->argument);
}

/* Where no process can do it, that is a failure. */
static int
check_refusals(const struct call *call, const struct roll *roll)
{
    uint32_t what = setting_may_be_refused(call->argument);
    size_t refused = roll_count_refusals(roll, what);
    if (refused == 0)
        return 0;
    message_say("%s: Python 3.12 or newer is needed to set it while a program "
                "runs; %zu of %zu processes have an older one",
                call->argument, refused, roll->count);
    return refused < roll->count ? 0 : STATUS_FAILED;
}

static int
set_option(struct call *call)
{
    return setting_store(call->control, call->argument) < 0
               ? STATUS_USAGE
               : order(call, CONTROL_AS_STARTED, check_refusals);
}

static const struct action {
    const char *name;
    const char *argument; /* what it needs, or NULL */
    int (*run)(struct call *call);
} actions[] = {
    {"status", NULL, show_status},       {"pause", NULL, pause_all},
    {"resume", NULL, resume_all},        {"snapshot", "FILE", take_snapshot},
    {"set", "OPTION=VALUE", set_option}, {NULL, NULL, NULL},
};

/* == THE VERB ============================================================= */

static const struct action *
find_action(const char *name)
{
    for (const struct action *action = actions; action->name; action++)
        if (strcmp(action->name, name) == 0)
            return action;
    message_say("no action '%s'; give status, pause, resume, snapshot FILE or "
                "set OPTION=VALUE",
                name);
    return NULL;
}

static int
run(struct call *call, const char *whom, const struct action *action)
{
    if (whom_find(whom, call->folder) < 0)
        return STATUS_FAILED;
    call->control = control_map(call->folder);
    if (!call->control) {
        message_say(
            "%s: can't be controlled: %s", call->folder,
            errno == ENOENT ? "it was made by an older codesnap, or by "
                              "the tracer in Python"
            : errno == EINVAL
                ? "its page of control is of another version, or damaged"
                : strerror(errno));
        return STATUS_FAILED;
    }
    int status = action->run(call);
    control_unmap(call->control);
    return status;
}

int
ctl_verb(const struct options *options, int argc, char **argv)
{
    struct call call = {.options = options};
    const struct action *action = find_action(argc > 2 ? argv[2] : "status");
    if (!action)
        return STATUS_USAGE;
    call.argument = argc > 3 ? argv[3] : NULL;
    if (action->argument && !call.argument) {
        message_say("%s needs a value: %s", action->name, action->argument);
        return STATUS_USAGE;
    }
    if (argc > 3 + (action->argument != NULL)) {
        message_say("'%s' is one too many",
                    argv[3 + (action->argument != NULL)]);
        return STATUS_USAGE;
    }
    return run(&call, argv[1], action);
}
