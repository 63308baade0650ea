/* SPDX-License-Identifier: Apache-2.0
 *
 * ownrecording.c: function ids outlive a spool (they lie in the code objects), so
 * the names given out so far are repeated in the next one.
 */
#include "agent/cpython/start/ownrecording.h"

#include <errno.h>

#include "agent/cpython/abi/python.h"
#include "agent/cpython/hooks/monitoring.h"
#include "agent/cpython/hooks/throttle.h"
#include "agent/cpython/names/intern.h"
#include "agent/cpython/names/sourcefile.h"
#include "agent/cpython/start/pause.h"
#include "agent/cpython/start/start.h"
#include "agent/session/recording.h"

int
ownrecording_begin(const char *output, bool c_calls, char *folder, size_t room)
{
    static bool calibrated;
    if (recording_begin(output, py.name, folder, room) < 0)
        return -1;
    intern_repeat();
    sourcefile_repeat();
    start_want_c_calls(c_calls);
    pause_forget();
    throttle_forget();
    if (!calibrated)
        start_calibrate();
    calibrated = true;
    if (start_watch() == 0 && start_resume() == 0)
        return 0;
    ownrecording_end(folder);
    errno = ENOTSUP;
    return -1;
}

void
ownrecording_end(const char *folder)
{
    pause_stay();
    if (py.minor >= 12)
        monitoring_close();
    recording_end(folder);
    start_stop();
}
