/* SPDX-License-Identifier: Apache-2.0
 *
 * variables.h: environment variables that look like ours and are not.
 */
#ifndef CODESNAP_VARIABLES_H
#define CODESNAP_VARIABLES_H

/* 0, or -1 after it has said which one is misspelt, or an option's that has another
 * one or none. */
int variables_check(void);

#endif
