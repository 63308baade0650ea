/* SPDX-License-Identifier: Apache-2.0
 *
 * machine.h: what two recordings differ by whatever the program does: the speed of
 * the machine, how busy it was, and what is left of an ordinary function's
 * difference after that.  share/doc/diff.md tells the rule.
 */
#ifndef CODESNAP_MACHINE_H
#define CODESNAP_MACHINE_H

#include <stdint.h>

#include "launcher/diff/durations.h"
#include "launcher/diff/match.h"

/* Logarithms of factors, after to before; 0 where nobody can tell. */
struct machine {
    double speed; /* that typical calls take longer by */
    double
        ordinary; /* that those of an ordinary function differ by, beyond that
                      * and their own spread */
    double waits[SIDES];  /* for a processor, to a nanosecond on it */
    double delays[SIDES]; /* all of these, in ns */
};

struct machine machine_of(const struct pair *pairs, uint32_t count,
                          const struct ledger ledgers[SIDES]);

/* Between these a call's difference is the machine's: that of the average call, or
 * of a typical one, of those that take ns.  calls: how many there are on each side
 * of a function whose calls may wait, and after that wait for a processor, too; else
 * NULL. */
struct bounds {
    double least, most;
};
struct bounds machine_average(const struct machine *machine, double ns,
                              const double *calls);
struct bounds machine_typical(const struct machine *machine, double ns,
                              const double *calls);

#endif
