/* SPDX-License-Identifier: Apache-2.0
 *
 * handover.c: composes environments.  See handover.h.
 */
#include "agent/exec/handover.h"

#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/base/arena.h"
#include "agent/base/object.h"
#include "agent/base/process.h"
#include "agent/track/origin.h"
#include "formats/base/text.h"

#define PREFIX         "CODESNAP_"
#define SESSION        "CODESNAP_SESSION="
#define DISABLE        "CODESNAP_DISABLE=1"
#define PRELOAD        "LD_PRELOAD="
#define LIBRARY        "libcodesnap_agent.so"
#define MOST_VARIABLES 64
/* Of the stack, which may be a small one; larger environments go unchanged. */
#define MOST_BYTES (24u << 10)
#define ADDED      3 /* LD_PRELOAD, the origin, NULL */

static struct {
    bool active;
    enum config_children children;
    long pid;          /* the process that this is about, not its children */
    const char *agent; /* as LD_PRELOAD has it, or NULL */
    size_t agent_bytes;
    char *variables[MOST_VARIABLES]; /* CODESNAP_NAME=value */
    size_t variable_count, variable_bytes;
} session;

/* == WHAT TO CARRY ON ===================================================== */

static char *
keep(const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = arena_take(bytes);
    return copy ? memcpy(copy, text, bytes) : NULL;
}

/* Copies: the program may overwrite its first environment, as those do that
 * change how ps shows them. */
void
handover_begin(enum config_children children)
{
    const char *agent = object_own_path();
    session.children = children;
    session.pid = getpid();
    session.agent = agent ? keep(agent) : NULL;
    session.agent_bytes = session.agent ? strlen(agent) : 0;
    session.variable_count = 0;
    for (char **at = environ; at && *at; at++) {
        if (!text_starts_with(*at, PREFIX) ||
            session.variable_count == MOST_VARIABLES)
            continue;
        char *copy = keep(*at);
        if (copy)
            session.variables[session.variable_count++] = copy;
    }
    session.active = true;
}

static bool
is_agent(const char *entry, size_t length)
{
    const size_t tail = sizeof LIBRARY - 1;
    if (session.agent && length == session.agent_bytes &&
        memcmp(entry, session.agent, length) == 0)
        return true;
    return length >= tail && memcmp(entry + length - tail, LIBRARY, tail) == 0;
}

/* The next entry of LD_PRELOAD, and its length; 0 at the end. */
static size_t
next_entry(const char **list)
{
    *list += strspn(*list, " :");
    return strcspn(*list, " :");
}

/* LD_PRELOAD without us; NULL if nothing is left. */
static char *
without_agent(const char *variable)
{
    const char *list = variable + sizeof PRELOAD - 1;
    char *rest = arena_take(strlen(variable) + 1);
    if (!rest)
        return NULL;
    char *to = rest + sizeof PRELOAD - 1;
    memcpy(rest, PRELOAD, sizeof PRELOAD - 1);
    for (size_t length; (length = next_entry(&list)) > 0; list += length) {
        if (is_agent(list, length))
            continue;
        if (to[-1] != '=')
            *to++ = ':';
        memcpy(to, list, length);
        to += length;
    }
    *to = 0;
    return to[-1] == '=' ? NULL : rest;
}

void
handover_strip(void)
{
    char **to = environ;
    for (char **from = environ; from && *from; from++) {
        char *entry = *from;
        if (text_starts_with(entry, PREFIX))
            continue;
        if (text_starts_with(entry, PRELOAD))
            entry = without_agent(entry);
        if (entry)
            *to++ = entry;
    }
    if (to)
        *to = NULL;
}

/* == WHAT IS HANDED ON ==================================================== */

static bool
has_agent(const char *list)
{
    for (size_t length; (length = next_entry(&list)) > 0; list += length)
        if (is_agent(list, length))
            return true;
    return false;
}

static void
look(struct handover *handover)
{
    size_t preload = 0;
    for (char *const *at = handover->environment; *at; at++) {
        handover->count++;
        if (text_starts_with(*at, SESSION))
            handover->has_session = true;
        else if (strcmp(*at, DISABLE) == 0)
            handover->disabled = true;
        else if (text_starts_with(*at, PRELOAD)) {
            handover->has_agent = has_agent(*at + sizeof PRELOAD - 1);
            preload = strlen(*at);
        }
    }
    handover->bytes = (handover->count + ADDED) * sizeof(char *) + ORIGIN_BYTES;
    if (!handover->has_session || !handover->has_agent)
        handover->bytes += session.variable_count * sizeof(char *) +
                           sizeof PRELOAD + preload + session.agent_bytes + 8;
}

/* Without children the process itself still goes on in what it executes. */
static bool
carries(const struct handover *handover, bool in_place)
{
    if (!session.agent || handover->disabled)
        return false;
    return session.children == CHILDREN_ALL ||
           (session.children == CHILDREN_NO && in_place &&
            syscall(SYS_getpid) == session.pid);
}

void
handover_plan(struct handover *handover, char *const *environment,
              bool in_place)
{
    static char *const nothing[] = {NULL};
    *handover = (struct handover){.environment = environment};
    if (!session.active)
        return;
    handover->environment = environment ? environment : nothing;
    look(handover);
    if (handover->bytes > MOST_BYTES)
        handover->bytes = 0;
    if (handover->has_session && handover->has_agent)
        return;
    handover->carried = handover->bytes > 0 && carries(handover, in_place);
    if (handover->carried)
        return;
    handover->bytes = 0;
    handover->environment = environment;
    handover->counted =
        session.children != CHILDREN_NO && process_is_recording();
    if (handover->counted)
        process_count_untraced(1);
}

/* Is that variable, up to its =, in the environment already? */
static bool
has_variable(const struct handover *handover, const char *variable)
{
    size_t length = (size_t)(strchr(variable, '=') + 1 - variable);
    for (char *const *at = handover->environment; *at; at++)
        if (strncmp(*at, variable, length) == 0)
            return true;
    return false;
}

/* Behind what is there: AddressSanitizer's library wants to be the first. */
static char *
put_agent(char *to, const char *preload)
{
    size_t length = strlen(preload);
    memcpy(to, preload, length);
    to += length;
    if (to[-1] != '=')
        *to++ = ':';
    memcpy(to, session.agent, session.agent_bytes + 1);
    return to + session.agent_bytes + 1;
}

static char **
copy_environment(const struct handover *handover, char **to, char **text)
{
    const char *preload = PRELOAD;
    bool replaced = handover->carried && !handover->has_agent;
    for (char *const *at = handover->environment; *at; at++) {
        if (replaced && text_starts_with(*at, PRELOAD))
            preload = *at;
        else if (!process_is_recording() ||
                 !text_starts_with(*at, ORIGIN_VARIABLE))
            *to++ = *at;
    }
    if (replaced) {
        *to++ = *text;
        *text = put_agent(*text, preload);
    }
    return to;
}

void
handover_make(struct handover *handover, char *room)
{
    char **list = (void *)room;
    if (!handover->bytes)
        return;
    size_t added = handover->carried ? session.variable_count : 0;
    char *text = (char *)(list + handover->count + ADDED + added);
    char **to = copy_environment(handover, list, &text);
    for (size_t i = 0; i < added; i++)
        if (!has_variable(handover, session.variables[i]))
            *to++ = session.variables[i];
    if (process_is_recording()) {
        struct spool_meta_origin origin = origin_here();
        origin_write(text, &origin);
        *to++ = text;
    }
    *to = NULL;
    handover->environment = list;
}

void
handover_undo(struct handover *handover)
{
    if (handover->counted)
        process_count_untraced(-1);
}
