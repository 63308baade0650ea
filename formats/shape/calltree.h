/* SPDX-License-Identifier: Apache-2.0
 *
 * calltree.h: the calls of a trace, summed up by the stack they have.  Its
 * memory grows with the number of different stacks and stops at a limit: what
 * is new beyond that is summed up in one node below its caller, which says so.
 */
#ifndef CODESNAP_CALLTREE_H
#define CODESNAP_CALLTREE_H

#include <stddef.h>
#include <stdint.h>

#include "formats/shape/stretch.h"
#include "formats/trace/trace.h"

#define CALLTREE_NODES_MAX 2000000u

struct calltree_node {
    const struct function *function; /* NULL: the root, or "too many" */
    uint32_t number;                 /* of the function; CALLTREE_MORE */
    uint32_t parent;
    uint32_t last_child; /* the list of children, newest first; 0 ends it */
    uint32_t sibling;
    uint64_t calls;
    uint64_t total_ns;
    uint64_t child_ns;  /* of the total, in calls below */
    uint64_t tracer_ns; /* calltree_leave_out_tracer */
};

enum {
    CALLTREE_ROOT = 0
};
/* The number of a node that stands for all stacks that are not there. */
#define CALLTREE_MORE UINT32_MAX

struct calltree {
    struct stretch stretch;      /* of which all times are */
    struct calltree_node *nodes; /* a parent comes before its children */
    uint32_t count, room, limit;
    uint32_t *slots; /* nodes by parent and function */
    uint32_t slot_count;
    uint32_t current; /* the innermost open call */
    uint32_t beyond;  /* calls open below a CALLTREE_MORE node, without one */
};

/* Of all of the trace, unless another stretch is set then.  0, or -1 with errno;
 * calltree_free is for both cases. */
int calltree_begin(struct calltree *tree, uint32_t limit);
void calltree_free(struct calltree *tree);
/* Forget all calls; nothing is open. */
void calltree_clear(struct calltree *tree);

/* In the order that track_read gives; 0, or -1 with errno. */
int calltree_open(struct calltree *tree, const struct span *span);
void calltree_close(struct calltree *tree, const struct span *span);

/* Take the tracer's own work, at whatever depth, out of all times, when no call is
 * open.  Its nodes stay, with what they took. */
void calltree_leave_out_tracer(struct calltree *tree);

static inline bool
calltree_is_tracer(const struct calltree_node *node)
{
    return node->function != NULL && node->function->kind == FUNCTION_TRACER;
}

static inline uint64_t
calltree_self_ns(const struct calltree_node *node)
{
    return node->total_ns - node->child_ns;
}

#endif
