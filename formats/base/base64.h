/* SPDX-License-Identifier: Apache-2.0
 *
 * base64.h: bytes as the text of RFC 4648, padded, on one line.
 */
#ifndef CODESNAP_BASE64_H
#define CODESNAP_BASE64_H

#include <stddef.h>

/* What base64_encode makes of that many bytes. */
#define BASE64_CHARS(bytes) (((bytes) + 2) / 3 * 4)

/* Write BASE64_CHARS(count) characters to out and return how many; any thread,
 * no allocation. */
size_t base64_encode(char *out, const void *bytes, size_t count);

#endif
