/* SPDX-License-Identifier: Apache-2.0
 *
 * deflate.h: raw deflate for the formats that can use it.  They take it as a
 * function pointer, so that only the launcher depends on a library for it.
 */
#ifndef CODESNAP_DEFLATE_H
#define CODESNAP_DEFLATE_H

#include <stddef.h>

/* For format_options.deflate: NULL where codesnap was built without zlib. */
size_t (*deflate_function(void))(const void *bytes, size_t count, void *out,
                                 size_t room);
/* Undo it: the count bytes into room at out; returns how many there are, or 0
 * where that is wrong, too much, or there is no zlib. */
size_t deflate_undo(const void *bytes, size_t count, void *out, size_t room);

#endif
