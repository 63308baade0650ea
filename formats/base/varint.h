/* SPDX-License-Identifier: Apache-2.0
 *
 * varint.h: LEB128, seven bits a byte, the least significant first, the high
 * bit set on all but the last.  Inline, because it runs once or twice an event.
 */
#ifndef CODESNAP_VARINT_H
#define CODESNAP_VARINT_H

#include <stdint.h>

#define VARINT_BYTES_MAX 10

/* Write value at at, which has room for VARINT_BYTES_MAX; returns the byte
 * behind it. */
static inline unsigned char *
varint_put(unsigned char *at, uint64_t value)
{
    while (value >= 0x80) {
        *at++ = (unsigned char)(value | 0x80);
        value >>= 7;
    }
    *at++ = (unsigned char)value;
    return at;
}

#endif
