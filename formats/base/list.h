/* SPDX-License-Identifier: Apache-2.0
 *
 * list.h: lists that double as they grow.
 */
#ifndef CODESNAP_LIST_H
#define CODESNAP_LIST_H

#include <stddef.h>
#include <stdint.h>

/* Make room for at least one more element of that size, 64 at first.  0, or -1
 * with errno; then the list is as it was. */
int list_grow(void **list, uint32_t *room, size_t size) __attribute__((cold));

#endif
