/* SPDX-License-Identifier: Apache-2.0
 *
 * collect.h: what happens when the program has ended: the session is closed
 * and becomes its outputs, and goes if nothing is left in it.
 */
#ifndef CODESNAP_COLLECT_H
#define CODESNAP_COLLECT_H

#include "launcher/convert/output.h"
#include "launcher/run/target.h"
#include "launcher/support/child.h"
#include "launcher/support/options.h"

struct collection {
    const struct options *options;
    const struct target *target;
    const struct outputs *outputs;
    const char *session; /* "" if there was none to be made */
    int status;          /* of the root process, as waitpid() gives it */
};

/* Does all of it and says how it went; never changes the program's status. */
void collect(const struct collection *collection, struct child *child);

#endif
