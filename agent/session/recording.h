/* SPDX-License-Identifier: Apache-2.0
 *
 * recording.h: recordings that the program starts and ends by itself, one after
 * the other, each in a session and a spool of its own.  With the GIL.
 */
#ifndef CODESNAP_RECORDING_H
#define CODESNAP_RECORDING_H

#include <stddef.h>

/* Make OUTPUT.codesnap/ or one beside it (session_create) and record into it
 * from here on.  0 with its path in folder, or -1 with errno. */
int recording_begin(const char *output, const char *interpreter, char *folder,
                    size_t room);
/* The recording is over; all threads are parked.  The folder stays. */
void recording_end(const char *folder);

/* Where this process records; "" if it does not. */
const char *recording_folder(void);
/* The agent joined that session by itself. */
void recording_join(const char *folder);

#endif
