/* SPDX-License-Identifier: Apache-2.0
 *
 * happening.c: see happening.h.
 */
#include "formats/base/happening.h"

#include <string.h>

static const char *const names[HAPPENINGS] = {
    [HAPPENING_LOG] = "log",
    [HAPPENING_WARNING] = "warnings",
    [HAPPENING_SQL] = "sql",
    [HAPPENING_HTTP] = "http",
    [HAPPENING_SUBPROCESS] = "subprocess",
};

static uint32_t
bits_of(const char *name, size_t length)
{
    if (length == 3 && memcmp(name, "all", 3) == 0)
        return (1u << HAPPENINGS) - 2;
    for (uint32_t i = 1; i < HAPPENINGS; i++)
        if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0)
            return 1u << i;
    return 0;
}

uint32_t
happening_read(const char *list)
{
    uint32_t all = 0;
    for (;; list++) {
        size_t length = strcspn(list, ",");
        uint32_t bits = bits_of(list, length);
        if (!bits)
            return 0;
        all |= bits;
        list += length;
        if (!*list)
            return all;
    }
}
