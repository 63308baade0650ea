/* SPDX-License-Identifier: Apache-2.0
 *
 * waitkind.c: see waitkind.h.
 */
#include "formats/shape/waitkind.h"

const char *const waitkind_names[WAIT_KINDS] = {
#define WAIT(name, number, text, summary) [WAIT_##name] = text,
#include "formats/spool/records.def"
#undef WAIT
};
