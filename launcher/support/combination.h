/* SPDX-License-Identifier: Apache-2.0
 *
 * combination.h: flags that have no effect together, or without each other, are
 * refused: a silent one would be taken for obeyed.
 */
#ifndef CODESNAP_COMBINATION_H
#define CODESNAP_COMBINATION_H

#include "launcher/support/options.h"

/* 0, or -1 after it has said which flag has no effect, and why. */
int combination_check(const struct options *options);

#endif
