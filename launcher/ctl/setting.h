/* SPDX-License-Identifier: Apache-2.0
 *
 * setting.h: what `codesnap ctl SESSION set OPTION=VALUE` sets in programs that run.
 */
#ifndef CODESNAP_CTL_SETTING_H
#define CODESNAP_CTL_SETTING_H

#include <stdint.h>

#include "formats/spool/control.h"

/* "max-depth=5", or "max-depth=none": stored into the page; it is an order once
 * its sequence grows.  0, or -1 after it has said what is wrong. */
int setting_store(struct control *control, const char *text);

/* What of it processes with an older Python refuse: CONTROL_UNBOUND ..., or 0. */
uint32_t setting_may_be_refused(const char *text);

enum {
    SETTING_TEXT_BYTES = 128
};

/* All that was set since the session began, as "max-depth=5 min-duration=none"; or
 * "".  Returns text. */
const char *setting_say(const struct control *control,
                        char text[SETTING_TEXT_BYTES]);

#endif
