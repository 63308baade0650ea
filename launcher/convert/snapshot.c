/* SPDX-License-Identifier: Apache-2.0
 *
 * snapshot.c: a conversion as any other; a session can be read at every instant.
 */
#include "launcher/convert/snapshot.h"

#include "launcher/convert/conversion.h"
#include "launcher/convert/output.h"
#include "launcher/convert/summary.h"
#include "launcher/support/child.h"
#include "launcher/support/message.h"

int
snapshot_take(const struct options *options, const char *session,
              const char *path)
{
    struct child child;
    struct outputs outputs = {.count = 0};
    struct summary summary = {.session = session, .outputs = &outputs};
    int status =
        output_add(&outputs, path, options_text(options, OPTION_format));
    if (!status)
        status = output_check_outside(&outputs, session);
    if (!status)
        status = output_check(&outputs);
    if (status)
        return status;
    child_begin(&child);
    summary.conversion = conversion_run(
        &child, &(struct sessions){.paths = &session, .count = 1}, &outputs,
        options);
    return summary.conversion ? summary_end(&summary, options) : STATUS_FAILED;
}
