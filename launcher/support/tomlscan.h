/* SPDX-License-Identifier: Apache-2.0
 *
 * tomlscan.h: where a reader of TOML stands in its text: bytes, blanks, lines and
 * strings.
 */
#ifndef CODESNAP_TOMLSCAN_H
#define CODESNAP_TOMLSCAN_H

#include <stdbool.h>

struct tomlscan {
    const char *at, *end;
    char *room; /* where the next text that is handed out goes */
    unsigned line;
    const char *error; /* NULL: none yet */
};

/* -1, always. */
int tomlscan_fail(struct tomlscan *scan, const char *error);

bool tomlscan_sees(const struct tomlscan *scan, const char *text);
/* Is it one of these?  NUL never is. */
bool tomlscan_sees_any(const struct tomlscan *scan, const char *bytes);
/* Go past it, if it is there. */
bool tomlscan_skip(struct tomlscan *scan, const char *text);
void tomlscan_skip_blanks(struct tomlscan *scan);
/* Blanks, comments and ends of lines. */
void tomlscan_skip_lines(struct tomlscan *scan);
/* Nothing but a comment may be left of the line. */
int tomlscan_end_line(struct tomlscan *scan);

void tomlscan_put(struct tomlscan *scan, char byte);
/* At a quote: what the string means, in the room. */
int tomlscan_read_string(struct tomlscan *scan, const char **text);

#endif
