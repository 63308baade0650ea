/* SPDX-License-Identifier: Apache-2.0
 *
 * complaint.h: what the agent says to the program's user, who asked for a
 * recording and gets none.
 */
#ifndef CODESNAP_COMPLAINT_H
#define CODESNAP_COMPLAINT_H

/* One line on stderr, in one write: "codesnap: " and the text, control characters
 * in it as '?', as the launcher has them.  Keeps errno.  Any thread. */
void complaint_say(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#endif
