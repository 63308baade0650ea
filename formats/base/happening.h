/* SPDX-License-Identifier: Apache-2.0
 *
 * happening.h: the kinds of what happens in a program, by the names that a user gives
 * them: --events log,sql.
 */
#ifndef CODESNAP_HAPPENING_H
#define CODESNAP_HAPPENING_H

#include <stdint.h>

enum happening {
    HAPPENING_NONE,
    HAPPENING_LOG,
    HAPPENING_WARNING,
    HAPPENING_SQL,
    HAPPENING_HTTP,
    HAPPENING_SUBPROCESS,
    HAPPENINGS
};

/* Names with commas between them, or "all": a bit 1 << kind each; 0: one of them is no
 * such name. */
uint32_t happening_read(const char *list);

#endif
