/* SPDX-License-Identifier: Apache-2.0
 *
 * help.h: what --help and --version print, on stdout, made from the tables:
 * the verbs, options.def and formats.def.
 */
#ifndef CODESNAP_HELP_H
#define CODESNAP_HELP_H

#include "launcher/support/verb.h"

/* Each returns the exit status: 0, or STATUS_FAILED if stdout fails. */
int help_codesnap(const struct verb *verbs); /* ended by a row without a name */
int help_verb(const struct verb *verb);
int help_version(void);

#endif
