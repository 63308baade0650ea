/* SPDX-License-Identifier: Apache-2.0
 *
 * list.c: see list.h.
 */
#include "formats/base/list.h"

#include <errno.h>
#include <stdlib.h>

int
list_grow(void **list, uint32_t *room, size_t size)
{
    uint32_t more = *room == 0 ? 64 : *room * 2;
    void *grown = more > *room ? realloc(*list, more * size) : NULL;
    if (grown == NULL) {
        errno = ENOMEM;
        return -1;
    }
    *list = grown;
    *room = more;
    return 0;
}
