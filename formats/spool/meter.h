/* SPDX-License-Identifier: Apache-2.0
 *
 * meter.h: the file "meter" of a session: what each process used, as the launcher saw
 * it from outside (--counters).  Entries, one behind the other; with --last it is a
 * ring of them.
 */
#ifndef CODESNAP_METER_H
#define CODESNAP_METER_H

#include <stddef.h>
#include <stdint.h>

#include "formats/spool/load.h"

#define METER_FILE "meter"
/* So many entries has a ring, 8 MiB. */
#define METER_RING 131072u
/* Samples from outside are as fresh as they are meant to be. */
#define METER_PERIOD_NS UINT64_C(100000000)
#define METER_FRESH_NS  UINT64_C(300000000)

struct meter_entry {
    uint32_t pid; /* 0: nothing */
    uint32_t pad;
    struct load load;
};

_Static_assert(sizeof(struct meter_entry) == 64, "layout");

/* Make it in the folder of a session, for meter_put; -1 with errno. */
int meter_open(const char *folder);
/* As the entry at that place, from 0 on.  0, or -1 with errno. */
int meter_put(int fd, uint64_t place, const struct meter_entry *entry);

/* The entries of a session, by time; to be freed.  NULL: there are none, or no
 * memory. */
struct meter_entry *meter_read(const char *folder, size_t *count);

#endif
