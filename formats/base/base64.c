/* SPDX-License-Identifier: Apache-2.0
 *
 * base64.c: three bytes to four characters.
 */
#include "formats/base/base64.h"

#include <stdint.h>

static const char alphabet[64] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void
put(char *out, uint32_t three)
{
    out[0] = alphabet[three >> 18 & 63];
    out[1] = alphabet[three >> 12 & 63];
    out[2] = alphabet[three >> 6 & 63];
    out[3] = alphabet[three & 63];
}

static void
put_rest(char *out, const unsigned char *in, size_t count)
{
    put(out, (uint32_t)in[0] << 16 | (count > 1 ? (uint32_t)in[1] << 8 : 0));
    out[3] = '=';
    if (count == 1)
        out[2] = '=';
}

size_t
base64_encode(char *out, const void *bytes, size_t count)
{
    const unsigned char *in = bytes;
    size_t whole = count - count % 3;
    char *at = out;

    for (size_t i = 0; i < whole; i += 3, at += 4)
        put(at, (uint32_t)in[i] << 16 | (uint32_t)in[i + 1] << 8 | in[i + 2]);
    if (whole < count) {
        put_rest(at, in + whole, count - whole);
        at += 4;
    }
    return (size_t)(at - out);
}
