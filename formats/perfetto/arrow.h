/* SPDX-License-Identifier: Apache-2.0
 *
 * perfetto/arrow.h: the arrows of flow.h among Perfetto's events.  One is said
 * with the begin of the call that it leaves, which is innermost when the process
 * starts.  So on tracks that start some, each begin is held until the next event
 * tells whether a start lies before that; on all others nothing is.
 */
#ifndef CODESNAP_PFTRACE_ARROW_H
#define CODESNAP_PFTRACE_ARROW_H

#include "formats/perfetto/packet.h"
#include "formats/shape/flow.h"

struct pftrace_arrows {
    struct pftrace_packets *packets;
    struct flow flow;
    const struct track *track;
    bool due;      /* the current track has ends of arrows to come */
    bool arrives;  /* one of them at its first call */
    bool held;     /* a begin that may yet start a process */
    uint32_t open; /* calls; counted while ends are due */
    struct span held_span;
};

/* 0, or -1 without memory; pftrace_arrow_close in any case. */
int pftrace_arrow_open(struct pftrace_arrows *arrows,
                       struct pftrace_packets *packets,
                       const struct trace *trace);
void pftrace_arrow_close(struct pftrace_arrows *arrows);
void pftrace_arrow_begin_track(struct pftrace_arrows *arrows,
                               const struct track *track);

/* Put the begin of a call, now or later.  0, or -1 with errno. */
int pftrace_arrow_hold(struct pftrace_arrows *arrows, const struct span *span);
static inline int
pftrace_arrow_put_begin(struct pftrace_arrows *arrows, const struct span *span)
{
    return __builtin_expect(arrows->due, 0)
               ? pftrace_arrow_hold(arrows, span)
               : pftrace_packet_put_begin(arrows->packets, span);
}

/* What comes next is at ns: put what waited for that.  0, or -1 with errno. */
int pftrace_arrow_settle_due(struct pftrace_arrows *arrows, uint64_t ns);
static inline int
pftrace_arrow_settle(struct pftrace_arrows *arrows, uint64_t ns)
{
    return __builtin_expect(arrows->due, 0)
               ? pftrace_arrow_settle_due(arrows, ns)
               : 0;
}

/* A call has ended. */
static inline void
pftrace_arrow_leave(struct pftrace_arrows *arrows)
{
    arrows->open -= arrows->open > 0;
}

#endif
