/* SPDX-License-Identifier: Apache-2.0
 *
 * command.h: what is to be run, as words.  A line may name a command, as for a
 * shell, or what Python runs: `app.py`, a folder with a __main__.py, -m MODULE
 * or -c CODE.  Then python3 of PATH runs it.
 */
#ifndef CODESNAP_COMMAND_H
#define CODESNAP_COMMAND_H

/* The words to execute, ended by NULL, and their number, for the operands
 * words[0..count); NULL after it has said why there is none.  They live as long
 * as the process. */
char **command_complete(char **words, int count, int *total);

#endif
