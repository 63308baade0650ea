/* SPDX-License-Identifier: Apache-2.0
 *
 * signalname.c: see signalname.h.
 */
#include "formats/base/signalname.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

int
signalname_number(const char *name)
{
    static const struct {
        const char *name;
        int number;
    } known[] = {{"USR1", SIGUSR1},   {"USR2", SIGUSR2}, {"HUP", SIGHUP},
                 {"WINCH", SIGWINCH}, {"URG", SIGURG},   {"PROF", SIGPROF}};
    if (strncmp(name, "SIG", 3) == 0)
        name += 3;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].number;
    return 0;
}
