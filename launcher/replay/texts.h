/* SPDX-License-Identifier: Apache-2.0
 *
 * texts.h: what some calls have beside their times, in the order of their ends.  It
 * lies in a file without a name, so that memory does not grow with it.
 */
#ifndef CODESNAP_TEXTS_H
#define CODESNAP_TEXTS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct texts {
    FILE *file;   /* NULL: none was added yet */
    uint64_t end; /* where the next one goes */
    char *last;   /* that was taken */
    size_t room;
};

/* One more.  0, or -1 with errno; texts_close in any case. */
int texts_add(struct texts *texts, const char *text, size_t count);
/* Go on with the one that was added at this end; texts_take gives it and the next
 * ones, NULL where that fails. */
int texts_seek(struct texts *texts, uint64_t end);
char *texts_take(struct texts *texts);
void texts_close(struct texts *texts);

#endif
