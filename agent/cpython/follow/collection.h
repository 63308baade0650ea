/* SPDX-License-Identifier: Apache-2.0
 *
 * collection.h: collections of garbage, as spans, and what each one freed; they may
 * be triggers, too.  By gc.callbacks, which is exact, and which the program can see:
 * only where that is asked for.
 */
#ifndef CODESNAP_COLLECTION_H
#define CODESNAP_COLLECTION_H

#include <stdbool.h>

/* They are to be recorded.  Before anything else. */
void collection_want(bool recorded);

/* Look at those of the current interpreter, if they are wanted.  With the GIL. */
void collection_watch(void);

#endif
