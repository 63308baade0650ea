/* SPDX-License-Identifier: Apache-2.0
 *
 * calltree.c: see calltree.h.  Nodes are found by a hash of parent and
 * function, after a look at the one that was found last.
 */
#include "formats/shape/calltree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 1024u

static uint32_t
hash_pair(uint32_t parent, uint32_t number)
{
    uint64_t hash = ((uint64_t)parent << 32 | number) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(hash >> 32);
}

static uint32_t
find_slot(const struct calltree *tree, uint32_t parent, uint32_t number)
{
    uint32_t mask = tree->slot_count - 1;
    uint32_t at = hash_pair(parent, number) & mask;
    for (; tree->slots[at] != 0; at = (at + 1) & mask) {
        const struct calltree_node *node = &tree->nodes[tree->slots[at]];
        if (node->parent == parent && node->number == number)
            break;
    }
    return at;
}

static int
grow(struct calltree *tree)
{
    uint32_t room = tree->room * 2;
    void *nodes = realloc(tree->nodes, room * sizeof *tree->nodes);
    if (nodes == NULL)
        return -1;
    tree->nodes = nodes;
    tree->room = room;
    uint32_t *slots = calloc((size_t)room * 2, sizeof *slots);
    if (slots == NULL)
        return -1;
    free(tree->slots);
    tree->slots = slots;
    tree->slot_count = room * 2;
    for (uint32_t i = 1; i < tree->count; i++)
        slots[find_slot(tree, tree->nodes[i].parent, tree->nodes[i].number)] =
            i;
    return 0;
}

static int
add(struct calltree *tree, uint32_t parent, uint32_t number,
    const struct function *function, uint32_t *found)
{
    if (tree->count == tree->room && grow(tree) != 0)
        return -1;
    uint32_t node = tree->count++;
    tree->nodes[node] = (struct calltree_node){
        .function = function,
        .number = number,
        .parent = parent,
        .sibling = tree->nodes[parent].last_child,
    };
    tree->nodes[parent].last_child = node;
    tree->slots[find_slot(tree, parent, number)] = node;
    *found = node;
    return 0;
}

/* The node of a call below current; beyond the limit the one for the rest. */
static int
meet(struct calltree *tree, const struct function *function, uint32_t *found)
{
    uint32_t parent = tree->current, number = function->number;
    *found = tree->nodes[parent].last_child;
    if (*found != 0 && tree->nodes[*found].number == number)
        return 0;
    *found = tree->slots[find_slot(tree, parent, number)];
    if (*found != 0)
        return 0;
    if (tree->count < tree->limit)
        return add(tree, parent, number, function, found);
    *found = tree->slots[find_slot(tree, parent, CALLTREE_MORE)];
    if (*found != 0)
        return 0;
    return add(tree, parent, CALLTREE_MORE, NULL, found);
}

int
calltree_open(struct calltree *tree, const struct span *span)
{
    uint32_t node = tree->current;
    if (tree->nodes[node].number == CALLTREE_MORE && node != CALLTREE_ROOT) {
        tree->beyond++;
        tree->nodes[node].calls += span->opened == OPEN_CALL;
        return 0;
    }
    if (meet(tree, span->function, &node) != 0)
        return -1;
    tree->nodes[node].calls += span->opened == OPEN_CALL;
    tree->current = node;
    return 0;
}

void
calltree_close(struct calltree *tree, const struct span *span)
{
    uint64_t ns = stretch_part_ns(&tree->stretch, span);
    if (tree->beyond > 0) {
        tree->beyond--;
        return;
    }
    struct calltree_node *node = &tree->nodes[tree->current];
    node->total_ns += ns;
    tree->current = node->parent;
    tree->nodes[node->parent].child_ns += ns;
}

/* A child comes behind its parent, so its times are right when it is looked at:
 * what is left of child_ns is what was found in children. */
void
calltree_leave_out_tracer(struct calltree *tree)
{
    struct calltree_node *nodes = tree->nodes;
    for (uint32_t i = 0; i < tree->count; i++)
        nodes[i].child_ns = 0;
    for (uint32_t i = tree->count; i-- > 1;) {
        struct calltree_node *parent = &nodes[nodes[i].parent];
        if (calltree_is_tracer(&nodes[i]))
            parent->tracer_ns += nodes[i].total_ns;
        else {
            nodes[i].total_ns -= nodes[i].tracer_ns;
            parent->tracer_ns += nodes[i].tracer_ns;
            parent->child_ns += nodes[i].total_ns;
        }
    }
}

void
calltree_clear(struct calltree *tree)
{
    memset(tree->slots, 0, tree->slot_count * sizeof *tree->slots);
    tree->nodes[CALLTREE_ROOT] = (struct calltree_node){.function = NULL};
    tree->count = 1;
    tree->current = CALLTREE_ROOT;
    tree->beyond = 0;
}

int
calltree_begin(struct calltree *tree, uint32_t limit)
{
    *tree = (struct calltree){.stretch = stretch_of(NULL),
                              .room = FIRST_ROOM,
                              .limit = limit,
                              .slot_count = FIRST_ROOM * 2};
    tree->nodes = malloc(FIRST_ROOM * sizeof *tree->nodes);
    tree->slots = malloc(FIRST_ROOM * 2 * sizeof *tree->slots);
    if (tree->nodes == NULL || tree->slots == NULL)
        return -1;
    calltree_clear(tree);
    return 0;
}

void
calltree_free(struct calltree *tree)
{
    free(tree->nodes);
    free(tree->slots);
    *tree = (struct calltree){.nodes = NULL};
}
