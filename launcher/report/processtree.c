/* SPDX-License-Identifier: Apache-2.0
 *
 * processtree.c: see processtree.h.
 */
#include "launcher/report/processtree.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* == THE TREE ============================================================== */

/* By process number; UINT32_MAX is none. */
struct links {
    uint32_t child, sibling;
};

static const struct process *
parent_of(const struct process *process)
{
    return process->origin ? process->origin->process : NULL;
}

/* From the last to the first, so that children come in order of their start. */
static void
link_all(const struct trace *trace, struct links *links, uint32_t *first)
{
    *first = UINT32_MAX;
    for (uint32_t i = 0; i < trace->process_count; i++)
        links[i] = (struct links){UINT32_MAX, UINT32_MAX};
    for (uint32_t i = trace->process_count; i-- > 0;) {
        const struct process *parent = parent_of(trace->processes[i]);
        uint32_t *list = parent ? &links[parent->number].child : first;
        links[i].sibling = *list;
        *list = i;
    }
}

/* The process behind that one, in the tree's order; moves depth. */
static uint32_t
follow(const struct trace *trace, const struct links *links, uint32_t at,
       uint32_t *depth)
{
    if (links[at].child != UINT32_MAX) {
        ++*depth;
        return links[at].child;
    }
    while (links[at].sibling == UINT32_MAX) {
        const struct process *parent = parent_of(trace->processes[at]);
        if (!parent)
            return UINT32_MAX;
        at = parent->number;
        --*depth;
    }
    return links[at].sibling;
}

struct processtree_node *
processtree_order(const struct trace *trace)
{
    size_t count = (size_t)trace->process_count + 1;
    struct processtree_node *order = calloc(count, sizeof *order);
    struct links *links = malloc(count * sizeof *links);
    uint32_t at, depth = 0;
    if (order && links) {
        link_all(trace, links, &at);
        for (uint32_t i = 0; at != UINT32_MAX; i++) {
            order[i] = (struct processtree_node){trace->processes[at], depth};
            at = follow(trace, links, at, &depth);
        }
    } else {
        free(order);
        order = NULL;
    }
    free(links);
    return order;
}

/* == HOW THEY ENDED ======================================================== */

static const char *
signal_name(int number)
{
    static const char *const names[] = {
        [SIGHUP] = "SIGHUP",   [SIGINT] = "SIGINT",       [SIGQUIT] = "SIGQUIT",
        [SIGILL] = "SIGILL",   [SIGTRAP] = "SIGTRAP",     [SIGABRT] = "SIGABRT",
        [SIGBUS] = "SIGBUS",   [SIGFPE] = "SIGFPE",       [SIGKILL] = "SIGKILL",
        [SIGUSR1] = "SIGUSR1", [SIGSEGV] = "SIGSEGV",     [SIGUSR2] = "SIGUSR2",
        [SIGPIPE] = "SIGPIPE", [SIGALRM] = "SIGALRM",     [SIGTERM] = "SIGTERM",
        [SIGXCPU] = "SIGXCPU", [SIGXFSZ] = "SIGXFSZ",     [SIGSYS] = "SIGSYS",
        [SIGPROF] = "SIGPROF", [SIGVTALRM] = "SIGVTALRM", [SIGIO] = "SIGIO",
    };
    if (number < 0 || (size_t)number >= sizeof names / sizeof *names)
        return NULL;
    return names[number];
}

void
processtree_describe(const struct process *process,
                     char text[PROCESSTREE_STATUS_BYTES])
{
    int status = process->wait_status;
    if (process->has_status && WIFSIGNALED(status)) {
        const char *name = signal_name(WTERMSIG(status));
        snprintf(text, PROCESSTREE_STATUS_BYTES,
                 name ? "signal %d (%s)" : "signal %d", WTERMSIG(status), name);
    } else if (process->has_status)
        snprintf(text, PROCESSTREE_STATUS_BYTES, "exit %d",
                 WEXITSTATUS(status));
    else
        strcpy(text, process->replaced  ? "exec"
                     : process->running ? "still running"
                                        : "not known");
}

unsigned
processtree_width(const struct trace *trace)
{
    unsigned width = (unsigned)strlen("status");
    for (uint32_t i = 0; i < trace->process_count; i++) {
        char text[PROCESSTREE_STATUS_BYTES];
        processtree_describe(trace->processes[i], text);
        unsigned length = (unsigned)strlen(text);
        width = length > width ? length : width;
    }
    return width;
}

/* "python3 app.py" of "/usr/bin/python3 app.py". */
static const char *
without_folder(const char *command)
{
    size_t first = strcspn(command, " '\"\\");
    if (*command != '/' || (command[first] && command[first] != ' '))
        return command;
    while (command[first - 1] != '/')
        first--;
    return command + first;
}

void
processtree_put(struct printer *printer, const struct processtree_node *node,
                unsigned width)
{
    const char *command = node->process->command;
    char status[PROCESSTREE_STATUS_BYTES];
    processtree_describe(node->process, status);
    unsigned length = (unsigned)strlen(status);
    printer_text(printer, status);
    printer_indent(printer, (length < width ? width - length : 0) + 2);
    printer_indent(printer, 2 * (node->depth < 20 ? node->depth : 20));
    printer_name(printer, printer->width ? without_folder(command) : command);
}
