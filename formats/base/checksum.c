/* SPDX-License-Identifier: Apache-2.0
 *
 * checksum.c: see checksum.h.
 */
#include "formats/base/checksum.h"

#include <string.h>

/* The most bytes whose sums can't overflow 32 bits. */
#define ADLER_RUN   5552
#define ADLER_PRIME 65521

uint32_t
checksum_adler32(const void *bytes, size_t count)
{
    const unsigned char *at = bytes;
    uint32_t low = 1, high = 0;
    while (count > 0) {
        size_t run = count < ADLER_RUN ? count : ADLER_RUN;
        count -= run;
        for (; run > 0; run--) {
            low += *at++;
            high += low;
        }
        low %= ADLER_PRIME;
        high %= ADLER_PRIME;
    }
    return high << 16 | low;
}

/* Eight tables, so that eight bytes take one step. */
static uint32_t crc_tables[8][256];

static void
fill_tables(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
        crc_tables[0][i] = crc;
    }
    for (int step = 1; step < 8; step++)
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t before = crc_tables[step - 1][i];
            crc_tables[step][i] = before >> 8 ^ crc_tables[0][before & 255];
        }
}

static uint32_t
crc_of_eight(uint32_t crc, const unsigned char *at)
{
    uint32_t low, high;
    memcpy(&low, at, 4);
    memcpy(&high, at + 4, 4);
    low ^= crc;
    return crc_tables[7][low & 255] ^ crc_tables[6][low >> 8 & 255] ^
           crc_tables[5][low >> 16 & 255] ^ crc_tables[4][low >> 24] ^
           crc_tables[3][high & 255] ^ crc_tables[2][high >> 8 & 255] ^
           crc_tables[1][high >> 16 & 255] ^ crc_tables[0][high >> 24];
}

uint32_t
checksum_crc32(const void *bytes, size_t count)
{
    const unsigned char *at = bytes;
    uint32_t crc = 0xffffffffu;
    if (crc_tables[0][1] == 0)
        fill_tables();
    for (; count >= 8; count -= 8, at += 8)
        crc = crc_of_eight(crc, at);
    for (; count > 0; count--)
        crc = crc >> 8 ^ crc_tables[0][(crc ^ *at++) & 255];
    return ~crc;
}
