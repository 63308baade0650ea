/* SPDX-License-Identifier: Apache-2.0
 *
 * waitkind.c: see waitkind.h.
 */
#include "formats/shape/waitkind.h"

#include <string.h>

const char *const waitkind_names[WAIT_KINDS] = {
#define WAIT(name, number, text, summary) [WAIT_##name] = text,
#include "formats/spool/records.def"
#undef WAIT
};

enum wait_kind
waitkind_of(const char *name, size_t bytes)
{
    int kind = WAIT_KINDS - 1;
    while (kind > 0 && (strlen(waitkind_names[kind]) != bytes ||
                        memcmp(waitkind_names[kind], name, bytes) != 0))
        kind--;
    return (enum wait_kind)kind;
}
