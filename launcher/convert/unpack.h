/* SPDX-License-Identifier: Apache-2.0
 *
 * unpack.h: a session that comes by standard input, as from
 * `ssh HOST tar cS t.json.codesnap`: a tar archive of its folder, or one spool.
 */
#ifndef CODESNAP_UNPACK_H
#define CODESNAP_UNPACK_H

/* Read standard input to its end and put the session into a temporary folder.
 * 0, or the exit status after it has said what is wrong; then nothing stays. */
int unpack_input(char **path);

/* Remove that folder and free its name; NULL does nothing. */
void unpack_remove(char *path);

#endif
