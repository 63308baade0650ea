/* SPDX-License-Identifier: Apache-2.0
 *
 * settings.h: options from a file, by the names of their flags: --config's, else
 * .codesnap.toml in the current folder, else [tool.codesnap] of pyproject.toml there.
 */
#ifndef CODESNAP_SETTINGS_H
#define CODESNAP_SETTINGS_H

#include "launcher/support/options.h"

/* Of a verb whose options may come from the environment: add what the file says to
 * the parsed options, behind both.  0, or -1 after it has said what is wrong in which
 * line. */
int settings_read(struct options *options);

#endif
