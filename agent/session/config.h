/* SPDX-License-Identifier: Apache-2.0
 *
 * config.h: what the environment asks of the agent.  Read once, in the
 * constructor; the texts belong to the environment block or to this file.
 */
#ifndef CODESNAP_CONFIG_H
#define CODESNAP_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/cpython.h"
#include "agent/exec/handover.h"

#define CONFIG_SESSION "CODESNAP_SESSION" /* the folder to record into */
#define CONFIG_DISABLE "CODESNAP_DISABLE" /* 1: be as if not there */

struct config {
    const char *session;
    const char *output; /* without a launcher; NULL if not given */
    const char *format;
    const char *spool;
    struct cpython_options python;
    enum handover_children children;
    uint64_t exit_convert_bytes;
};

/* 0; or -1 if nothing is to be recorded. */
int config_read(struct config *config);

/* Say on stderr which variables hold no value of theirs: for the first process
   of a session, where no launcher has checked them. */
void config_complain(void);

#endif
