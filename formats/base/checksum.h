/* SPDX-License-Identifier: Apache-2.0
 *
 * checksum.h: the sums that wrap raw deflate into zlib and gzip.  Pure.
 */
#ifndef CODESNAP_CHECKSUM_H
#define CODESNAP_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* Of zlib streams (RFC 1950). */
uint32_t checksum_adler32(const void *bytes, size_t count);
/* Of gzip members (RFC 1952). */
uint32_t checksum_crc32(const void *bytes, size_t count);

#endif
