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

#endif
