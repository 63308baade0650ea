/* SPDX-License-Identifier: Apache-2.0
 *
 * calltexts.c: see calltexts.h.
 */
#include "formats/decode/calltexts.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/text.h"
#include "formats/trace/jsonobject.h"

/* What is not UTF-8 can triple, see text.h. */
static int
reserve(struct calltexts *texts, size_t count)
{
    size_t room = texts->room > 0 ? texts->room : 16384;
    while (room - texts->used < 3 * count + 2)
        room *= 2;
    if (room == texts->room)
        return 0;
    char *bytes = room < UINT32_MAX ? realloc(texts->bytes, room) : NULL;
    if (bytes == NULL) {
        errno = ENOMEM;
        return -1;
    }
    texts->bytes = bytes;
    texts->room = room;
    return 0;
}

/* {"a":1} and behind it {"b":2}, each with its NUL, become {"a":1,"b":2}. */
static void
join(char *first, size_t first_bytes, char *second, size_t second_bytes)
{
    bool both = first_bytes > 2 && second_bytes > 2;
    char *end = first + first_bytes - 1;
    if (both)
        *end++ = ',';
    memmove(end, second + 1, second_bytes);
}

int
calltexts_add(struct calltexts *texts, uint32_t *at, const char *object,
              size_t count)
{
    if (reserve(texts, count) != 0)
        return -1;
    char *text = texts->bytes + texts->used;
    size_t clean = jsonobject_clean(text, text_clean_into(text, object, count));
    if (clean == 0)
        return 1;
    text[clean] = '\0';
    if (*at == 0) {
        *at = (uint32_t)texts->used + 1;
        texts->used += clean + 1;
        return 0;
    }
    char *first = texts->bytes + *at - 1;
    join(first, strlen(first), text, clean);
    texts->used = *at + strlen(first);
    return 0;
}

void
calltexts_free(struct calltexts *texts)
{
    free(texts->bytes);
}
