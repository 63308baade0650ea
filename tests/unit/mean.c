/* SPDX-License-Identifier: Apache-2.0
 *
 * mean.c: tests that a mean is the nearest nanosecond, a half up, as JavaScript's
 * Math.round has it in the page.
 */
#include "formats/base/mean.h"

#include "tests/unit/tap.h"

int
main(void)
{
    tap_equal("of nothing it is 0", (long)mean_of(0, 0), 0);
    tap_equal("of one call it is that", (long)mean_of(7, 1), 7);
    tap_equal("a half is rounded up", (long)mean_of(5, 2), 3);
    tap_equal("a third is rounded down", (long)mean_of(4, 3), 1);
    tap_equal("two thirds are rounded up", (long)mean_of(5, 3), 2);
    tap_ok(mean_of(UINT64_MAX, UINT64_MAX) == 1, "the largest sum, too");
    return tap_done();
}
