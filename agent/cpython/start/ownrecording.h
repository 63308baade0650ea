/* SPDX-License-Identifier: Apache-2.0
 *
 * ownrecording.h: recordings that the program starts and ends by itself, where it
 * loaded the agent (start_attach).  With the GIL (or attached, free-threaded).
 */
#ifndef CODESNAP_OWNRECORDING_H
#define CODESNAP_OWNRECORDING_H

#include <stdbool.h>
#include <stddef.h>

/* One starts, in a session made for output, and ends.  0 with the folder, or -1
 * with errno. */
int ownrecording_begin(const char *output, bool c_calls, char *folder,
                       size_t room);
void ownrecording_end(const char *folder);

#endif
