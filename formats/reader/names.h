/* SPDX-License-Identifier: Apache-2.0
 *
 * names.h: every function of a trace once.  Equal functions of different
 * processes share one entry, which carries the name that is shown.
 */
#ifndef CODESNAP_NAMES_H
#define CODESNAP_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "formats/decode/meta.h"
#include "formats/trace/trace.h"

struct names {
    struct function **functions; /* in the order they were seen */
    uint32_t count, room;
    uint32_t *slots; /* numbers + 1, by hash; 0 is free */
    uint32_t slot_count;
};

/* The entry for that function, made when it is new.  NULL: no memory. */
const struct function *names_intern(struct names *names,
                                    enum function_kind kind, uint32_t line,
                                    struct meta_text module,
                                    struct meta_text qualified_name,
                                    struct meta_text file);
void names_free(struct names *names);

#endif
