/* SPDX-License-Identifier: Apache-2.0
 *
 * valuetext.h: JSON in a buffer of fixed size that stays whole: what does not fit is
 * taken back, and there is always room to close what is open and to say so.
 */
#ifndef CODESNAP_VALUETEXT_H
#define CODESNAP_VALUETEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "agent/cpython/abi/python.h"

/* To close an array or object: ,{"<more>":18446744073709551615}] */
#define VALUETEXT_RESERVE 40

struct valuetext {
    char *bytes;
    size_t used;
    size_t limit; /* of what is written now */
    bool full;    /* something did not fit */
};

/* room is at least twice the reserve. */
struct valuetext valuetext_begin(char *bytes, size_t room);

/* As they are. */
void valuetext_put(struct valuetext *text, const char *bytes, size_t count);
void valuetext_puts(struct valuetext *text, const char *bytes);
/* The inside of a JSON string: some bytes, and the first most characters of a str;
 * what is left out is counted. */
void valuetext_escape(struct valuetext *text, const char *bytes, size_t count);
void valuetext_str(struct valuetext *text, PyObject *str, size_t most);

/* An array or object begins, and ends with a count of what is missing.  Of one that
 * does not fit begin is false, and nothing follows. */
bool valuetext_open(struct valuetext *text, char bracket);
void valuetext_close(struct valuetext *text, char bracket, size_t missing);

/* What is written from here on, a comma before it where it is not the first, is one:
 * true if it fits, else it is taken back. */
size_t valuetext_mark(struct valuetext *text);
bool valuetext_keep(struct valuetext *text, size_t mark);

#endif
