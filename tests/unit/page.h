/* SPDX-License-Identifier: Apache-2.0
 *
 * page.h: reads a script of an HTML output: its bytes, and the varints in them.
 */
#ifndef CODESNAP_PAGE_H
#define CODESNAP_PAGE_H

#include <stdint.h>
#include <string.h>

static unsigned char page_bytes[1 << 20]; /* the codec first */
static const unsigned char *page_at;      /* what is to be read next */

/* The base64 of a script, up to its end; what is read next lies behind the
 * codec. */
static inline void
page_decode(const char *from)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn"
                                   "opqrstuvwxyz0123456789+/";
    size_t count = 0;
    uint32_t word = 0;
    int bits = 0;
    for (; *from != '<' && *from != '='; from++) {
        word = word << 6 | (uint32_t)(strchr(alphabet, *from) - alphabet);
        bits += 6;
        if (bits < 8)
            continue;
        bits -= 8;
        page_bytes[count++] = (unsigned char)(word >> bits);
    }
    page_at = page_bytes + 1;
}

static inline uint64_t
page_varint(void)
{
    uint64_t value = 0;
    int shift = 0;
    for (; *page_at & 0x80; page_at++, shift += 7)
        value |= (uint64_t)(*page_at & 0x7f) << shift;
    return value | (uint64_t)*page_at++ << shift;
}

#endif
