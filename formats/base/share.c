/* SPDX-License-Identifier: Apache-2.0
 *
 * share.c: see share.h.
 */
#include "formats/base/share.h"

#define MOST 10000

static int
is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

uint32_t
share_per_mille(const char *text)
{
    uint32_t share = 0;
    const char *at = text;
    for (; is_digit(*at) && share <= MOST; at++)
        share = share * 10 + (uint32_t)(*at - '0');
    if (at == text)
        return 0;
    share *= 10;
    if (*at == '.' && is_digit(at[1])) {
        share += (uint32_t)(at[1] - '0');
        at += 2;
    }
    return *at == '%' && !at[1] && share <= MOST ? share : 0;
}
