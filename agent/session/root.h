/* SPDX-License-Identifier: Apache-2.0
 *
 * root.h: the first process of a recording without a launcher: it makes the
 * session, and at its exit does what the launcher would have done.
 */
#ifndef CODESNAP_ROOT_H
#define CODESNAP_ROOT_H

#include "agent/session/config.h"

/* The folder to record into: the one given, or a new one beside the output,
 * which child processes then find through the environment.  NULL if there is
 * none or it is closed.  Before os.environ is read; one thread. */
const char *root_join(const struct config *config);

/* At exit, in the ELF destructor: convert what was recorded, if this process
 * made the session and there is not too much of it.  Never ends the process
 * and never changes its status; what could not be converted stays. */
void root_convert(const struct config *config);

/* No spool could be made in the folder (NULL: it did not come to that), because of
 * that errno: the process that the user started says so. */
void root_complain(const char *folder, int cause);

#endif
