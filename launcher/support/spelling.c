/* SPDX-License-Identifier: Apache-2.0
 *
 * spelling.c: see spelling.h.
 */
#include "launcher/support/spelling.h"

#include <stdbool.h>
#include <string.h>

#include "formats/base/text.h"

static size_t
smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

size_t
spelling_distance(const char *a, const char *b)
{
    enum {
        LONGEST = 64
    };
    size_t cost[LONGEST + 1], length = strnlen(b, LONGEST);

    for (size_t j = 0; j <= length; j++)
        cost[j] = j;
    for (size_t i = 0; a[i] && i < LONGEST; i++) {
        size_t corner = cost[0];
        cost[0] = i + 1;
        for (size_t j = 0; j < length; j++) {
            size_t above = cost[j + 1];
            cost[j + 1] =
                smallest(above + 1, cost[j] + 1, corner + (a[i] != b[j]));
            corner = above;
        }
    }
    return cost[length];
}

const char *
spelling_nearest(const char *word, const char *const *names)
{
    const char *best = NULL;
    size_t length = strlen(word), least = length < 4 ? 2 : length / 3 + 1;

    for (; *names; names++) {
        bool starts = *word && text_starts_with(*names, word);
        size_t steps = starts ? 0 : spelling_distance(word, *names);
        if (steps < least) {
            least = steps;
            best = *names;
        }
    }
    return best;
}
