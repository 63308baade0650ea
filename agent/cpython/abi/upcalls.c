/* SPDX-License-Identifier: Apache-2.0
 *
 * upcalls.c: where they lie.
 */
#include "agent/cpython/abi/upcalls.h"

const struct upcalls *upcalls;

void
upcalls_fill(const struct upcalls *table)
{
    upcalls = table;
}
