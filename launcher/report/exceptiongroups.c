/* SPDX-License-Identifier: Apache-2.0
 *
 * exceptiongroups.c: see exceptiongroups.h.
 */
#include "launcher/report/exceptiongroups.h"

#include <stdlib.h>
#include <string.h>

#include "formats/base/hash.h"

static const char *
name_or_none(const char *name)
{
    return name ? name : "";
}

static bool
is_same(const struct exceptiongroup *group, const struct function *type,
        const struct exception *exception)
{
    return group->type == type && group->line == exception->line &&
           group->caught_line == exception->caught_line &&
           group->uncaught == exception->uncaught &&
           group->control == exception->control &&
           strcmp(group->function, exception->function) == 0 &&
           strcmp(name_or_none(group->caught),
                  name_or_none(exception->caught)) == 0;
}

static uint32_t
hash(const struct function *type, uint32_t line, const char *function)
{
    return (hash_of(function, strlen(function)) ^ line) * 16777619u ^
           type->number;
}

static uint32_t *
find(const struct exceptiongroups *groups, const struct function *type,
     const struct exception *exception)
{
    uint32_t mask = groups->slot_count - 1;
    uint32_t at = hash(type, exception->line, exception->function) & mask;
    while (groups->slots[at] &&
           !is_same(&groups->list[groups->slots[at] - 1], type, exception))
        at = (at + 1) & mask;
    return &groups->slots[at];
}

/* At most half of them are in use. */
static bool
grow_slots(struct exceptiongroups *groups)
{
    uint32_t count = groups->slot_count ? groups->slot_count * 2 : 256;
    uint32_t *slots = calloc(count, sizeof *slots);
    if (!slots)
        return false;
    for (uint32_t i = 0; i < groups->count; i++) {
        const struct exceptiongroup *group = &groups->list[i];
        uint32_t at =
            hash(group->type, group->line, group->function) & (count - 1);
        while (slots[at])
            at = (at + 1) & (count - 1);
        slots[at] = i + 1;
    }
    free(groups->slots);
    groups->slots = slots;
    groups->slot_count = count;
    return true;
}

/* It keeps the texts. */
static bool
make(struct exceptiongroups *groups, const struct instant *instant,
     const struct exception *from)
{
    if (groups->count == groups->room &&
        list_grow((void **)&groups->list, &groups->room,
                  sizeof *groups->list) != 0)
        return false;
    struct exceptiongroup *group = &groups->list[groups->count];
    *group = (struct exceptiongroup){
        .type = instant->name,
        .function = strdup(from->function),
        .caught = from->caught ? strdup(from->caught) : NULL,
        .message = strdup(from->message),
        .line = from->line,
        .caught_line = from->caught_line,
        .uncaught = from->uncaught,
        .control = from->control,
        .first_ns = instant->ns,
    };
    groups->count++;
    return group->function && group->message &&
           (group->caught || !from->caught);
}

int64_t
exceptiongroups_add(struct exceptiongroups *groups,
                    const struct instant *instant,
                    const struct exception *exception)
{
    if (groups->count * 2 >= groups->slot_count && !grow_slots(groups))
        return -1;
    uint32_t *slot = find(groups, instant->name, exception);
    if (!*slot) {
        if (!make(groups, instant, exception))
            return -1;
        *slot = groups->count;
    }
    struct exceptiongroup *group = &groups->list[*slot - 1];
    group->differ |= strcmp(group->message, exception->message) != 0;
    group->count++;
    group->calls += exception->calls;
    if (instant->ns < group->first_ns)
        group->first_ns = instant->ns;
    return *slot - 1;
}

static int
compare(const void *a, const void *b)
{
    const struct exceptiongroup *x = a, *y = b;
    if (x->lost_ns != y->lost_ns)
        return x->lost_ns < y->lost_ns ? 1 : -1;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return (x->first_ns > y->first_ns) - (x->first_ns < y->first_ns);
}

void
exceptiongroups_sort(struct exceptiongroups *groups)
{
    if (groups->count > 1)
        qsort(groups->list, groups->count, sizeof *groups->list, compare);
}

void
exceptiongroups_free(struct exceptiongroups *groups)
{
    for (uint32_t i = 0; i < groups->count; i++) {
        free(groups->list[i].function);
        free(groups->list[i].caught);
        free(groups->list[i].message);
    }
    free(groups->list);
    free(groups->slots);
}
