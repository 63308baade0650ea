/* SPDX-License-Identifier: Apache-2.0
 *
 * prefixes.c: see prefixes.h.
 */
#define _GNU_SOURCE
#include "launcher/replay/prefixes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The slot of a text (FNV-1a). */
static uint32_t
slot_of(const char *text, size_t count)
{
    uint32_t value = 2166136261u;
    for (size_t i = 0; i < count; i++)
        value = (value ^ (unsigned char)text[i]) * 16777619u;
    return value % PREFIX_SLOTS;
}

/* The function of "cat":"FEE","name":"f (a.py:1). */
static int
make_function(struct replay *replay, struct prefix *prefix)
{
    char *whole = NULL;
    if (asprintf(&whole, "{%.*s\"}", (int)prefix->count, prefix->text) < 0)
        return -1;
    struct value *value = value_parse(whole, strlen(whole));
    const char *kind = value_text(value, "cat");
    const char *name = value_text(value, "name");
    bool ours = strcmp(kind, "codesnap") == 0;
    int result = value ? 0 : -1;
    if (value && ours && strcmp(name, "(gap)") == 0)
        prefix->function = PREFIX_GAP;
    else if (value) {
        struct function *function =
            replay_function(replay,
                            ours                        ? FUNCTION_TRACER
                            : strcmp(kind, "span") == 0 ? FUNCTION_SPAN
                                                        : FUNCTION_C,
                            name);
        result = function ? 0 : -1;
        prefix->function = function ? function->number : 0;
    }
    value_free(value);
    free(whole);
    return result;
}

static struct prefix *
add(struct prefixes *prefixes, struct replay *replay, const char *text,
    size_t count)
{
    if (prefixes->count == prefixes->room) {
        uint32_t room = prefixes->room * 2 + 256;
        void *list = realloc(prefixes->list, room * sizeof *prefixes->list);
        if (!list)
            return NULL;
        prefixes->list = list;
        prefixes->room = room;
    }
    struct prefix *prefix = &prefixes->list[prefixes->count];
    uint32_t *slot = &prefixes->slots[slot_of(text, count)];
    *prefix = (struct prefix){strndup(text, count), count, 0, *slot};
    if (!prefix->text || make_function(replay, prefix) != 0) {
        free(prefix->text);
        return NULL;
    }
    *slot = ++prefixes->count;
    return prefix;
}

const struct prefix *
prefixes_find(struct prefixes *prefixes, struct replay *replay,
              const char *text, size_t count)
{
    uint32_t at = prefixes->slots[slot_of(text, count)];
    for (; at > 0; at = prefixes->list[at - 1].next) {
        const struct prefix *prefix = &prefixes->list[at - 1];
        if (prefix->count == count && memcmp(prefix->text, text, count) == 0)
            return prefix;
    }
    return add(prefixes, replay, text, count);
}

void
prefixes_release(struct prefixes *prefixes)
{
    for (uint32_t i = 0; i < prefixes->count; i++)
        free(prefixes->list[i].text);
    free(prefixes->list);
}
