/* SPDX-License-Identifier: Apache-2.0
 *
 * spelling.h: which of the known names somebody meant.
 */
#ifndef CODESNAP_SPELLING_H
#define CODESNAP_SPELLING_H

#include <stddef.h>

/* The number of characters to insert, delete or replace; of long names only
 * the beginnings count. */
size_t spelling_distance(const char *a, const char *b);
/* Of the names, ended by NULL, the one that word may have been meant for: it
 * starts with word, or has a slip or two.  NULL where none is near. */
const char *spelling_nearest(const char *word, const char *const *names);

#endif
