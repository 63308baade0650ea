/* SPDX-License-Identifier: Apache-2.0
 *
 * recording.c: a second spool in one process.
 */
#include "agent/session/recording.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/store/orders.h"
#include "agent/store/spool.h"
#include "agent/track/lifecycle.h"
#include "agent/track/thread.h"
#include "agent/track/threads.h"
#include "formats/spool/session.h"

static char current[4096];

/* == BEGIN AND END ======================================================== */

const char *
recording_folder(void)
{
    return current;
}

void
recording_join(const char *folder)
{
    snprintf(current, sizeof current, "%s", folder);
    if (*folder)
        orders_join(folder);
    else
        orders_leave();
}

int
recording_begin(const char *output, const char *interpreter, char *folder,
                size_t room)
{
    static const char *const command[] = {""};
    if (session_create(output, NULL, 0, (char *const *)command, folder, room) <
        0)
        return -1;
    if (spool_create(folder) < 0 || lifecycle_begin(interpreter, NULL) < 0) {
        int cause = errno;
        recording_end(folder);
        session_remove(folder);
        errno = cause;
        return -1;
    }
    recording_join(folder);
    return 0;
}

void
recording_end(const char *folder)
{
    if (spool_is_open()) {
        lifecycle_end();
        threads_let_go();
        lifecycle_forget();
        spool_close();
    }
    session_close(folder, 0, 0);
    recording_join("");
}
