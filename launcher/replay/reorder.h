/* SPDX-License-Identifier: Apache-2.0
 *
 * reorder.h: calls come in the order of their ends and are told in the order of
 * time, starts and ends.  They lie in a file without a name, so that memory
 * does not grow with them.
 */
#ifndef CODESNAP_REORDER_H
#define CODESNAP_REORDER_H

#include <stdint.h>

/* An interval, which has those of smaller index that started later inside. */
struct reorder_call {
    uint64_t start_ns, end_ns;
    uint64_t size;  /* of it and all inside */
    uint64_t inner; /* the first one inside, where there is one */
    uint64_t outer; /* the outermost one that starts with this one */
    uint32_t what;  /* the caller's */
    uint32_t how;
};

struct reorder {
    int fd;
    struct reorder_call *calls; /* mapped */
    uint64_t count, room;
};

/* 0, or -1 with errno; reorder_close in any case. */
int reorder_open(struct reorder *reorder);
void reorder_close(struct reorder *reorder);

/* One more; first is the index of the first one that can lie in it. */
int reorder_add(struct reorder *reorder, uint64_t first, uint64_t start_ns,
                uint64_t end_ns, uint32_t what, uint32_t how);

/* Tell those from first on, before end, in the order of time.  0, or the first
 * answer that is not. */
int reorder_visit(const struct reorder *reorder, uint64_t first, uint64_t end,
                  int (*open)(void *context, const struct reorder_call *call),
                  int (*close)(void *context, const struct reorder_call *call),
                  void *context);

#endif
