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

/* Nothing is ordered where nobody is there to act. */
static int
order(struct call *call, enum control_state state)
{
    struct roll roll;
    int result = roll_call(&roll, call->folder, call->control);
    if (result == 0) {
        if (state)
            want(call->control, state);
        uint64_t sequence = give_order(call);
        wait_for(&roll, sequence);
        print(call, &roll, sequence);
    }
    roll_end(&roll);
    return result == 0 ? 0 : STATUS_FAILED;
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
    return order(call, CONTROL_PAUSED);
}

static int
resume_all(struct call *call)
{
    return order(call, CONTROL_RECORDING);
}

static int
take_snapshot(struct call *call)
{
    return snapshot_take(call->options, call->folder, call->argument);
}

/* 0: it is none. */
static uint32_t
read_depth(const char *text)
{
    char *end;
    if (strcmp(text, "none") == 0)
        return UINT32_MAX;
    unsigned long number = strspn(text, "0123456789") == strlen(text)
                               ? strtoul(text, &end, 10)
                               : 0;
    return number < 1000000000 ? (uint32_t)number : 0;
}

static int
set_option(struct call *call)
{
    static const char name[] = "max-depth=";
    if (strncmp(call->argument, name, sizeof name - 1) != 0) {
        message_say("'%s' can't be set in a program that runs; what can is "
                    "max-depth=LEVELS",
                    call->argument);
        return STATUS_USAGE;
    }
    uint32_t depth = read_depth(call->argument + sizeof name - 1);
    if (!depth) {
        message_say("%s: give a number from 1 on, or none", call->argument);
        return STATUS_USAGE;
    }
    __atomic_store_n(&call->control->most_calls, depth, __ATOMIC_RELEASE);
    return order(call, CONTROL_AS_STARTED);
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
