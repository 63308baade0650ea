/* SPDX-License-Identifier: Apache-2.0
 *
 * tomlscan.c: see tomlscan.h.
 */
#include "launcher/support/tomlscan.h"

#include <stdint.h>
#include <string.h>

int
tomlscan_fail(struct tomlscan *scan, const char *error)
{
    scan->error = error;
    return -1;
}

/* == BYTES ================================================================= */

bool
tomlscan_sees(const struct tomlscan *scan, const char *text)
{
    size_t length = strlen(text);
    return (size_t)(scan->end - scan->at) >= length &&
           memcmp(scan->at, text, length) == 0;
}

bool
tomlscan_skip(struct tomlscan *scan, const char *text)
{
    bool seen = tomlscan_sees(scan, text);
    scan->at += seen ? strlen(text) : 0;
    return seen;
}

/* Is it one of these?  NUL never is. */
bool
tomlscan_sees_any(const struct tomlscan *scan, const char *bytes)
{
    return scan->at < scan->end && *scan->at && strchr(bytes, *scan->at);
}

static bool
sees_newline(const struct tomlscan *scan)
{
    return tomlscan_sees(scan, "\n") || tomlscan_sees(scan, "\r\n");
}

static bool
skip_newline(struct tomlscan *scan)
{
    bool seen = tomlscan_skip(scan, "\n") || tomlscan_skip(scan, "\r\n");
    scan->line += seen;
    return seen;
}

void
tomlscan_skip_blanks(struct tomlscan *scan)
{
    while (tomlscan_sees_any(scan, " \t"))
        scan->at++;
}

static void
skip_comment(struct tomlscan *scan)
{
    tomlscan_skip_blanks(scan);
    if (!tomlscan_sees(scan, "#"))
        return;
    while (scan->at < scan->end && !sees_newline(scan))
        scan->at++;
}

void
tomlscan_skip_lines(struct tomlscan *scan)
{
    do
        skip_comment(scan);
    while (skip_newline(scan));
}

int
tomlscan_end_line(struct tomlscan *scan)
{
    skip_comment(scan);
    return scan->at == scan->end || skip_newline(scan)
               ? 0
               : tomlscan_fail(
                     scan, "there is something behind the end of the value");
}

void
tomlscan_put(struct tomlscan *scan, char byte)
{
    *scan->room++ = byte;
}

/* == STRINGS =============================================================== */

static void
put_utf8(struct tomlscan *scan, uint32_t code)
{
    if (code < 0x80) {
        tomlscan_put(scan, (char)code);
        return;
    }
    unsigned more = 1 + (code >= 0x800) + (code >= 0x10000);
    tomlscan_put(scan, (char)((0xff00u >> (more + 1)) | code >> 6 * more));
    while (more-- > 0)
        tomlscan_put(scan, (char)(0x80 | (code >> 6 * more & 0x3f)));
}

static int
read_code(struct tomlscan *scan, int digits)
{
    uint32_t code = 0;
    for (; digits > 0; digits--, scan->at++) {
        static const char hex[] = "0123456789abcdef0123456789ABCDEF";
        if (!tomlscan_sees_any(scan, hex))
            return tomlscan_fail(scan,
                                 "\\u wants 4 hexadecimal digits, \\U wants 8");
        code = code << 4 | ((uint32_t)(strchr(hex, *scan->at) - hex) & 0xf);
    }
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return tomlscan_fail(scan, "\\u or \\U means no character");
    put_utf8(scan, code ? code : 0xfffd); /* our texts end at a NUL */
    return 0;
}

/* Blanks and ends of lines. */
static void
skip_white(struct tomlscan *scan)
{
    do
        tomlscan_skip_blanks(scan);
    while (skip_newline(scan));
}

/* At the \ of a string in ". */
static int
read_escape(struct tomlscan *scan, bool lines)
{
    static const char letters[] = "btnfr\"\\", means[] = "\b\t\n\f\r\"\\";
    scan->at++;
    if (tomlscan_sees_any(scan, letters)) {
        tomlscan_put(scan, means[strchr(letters, *scan->at++) - letters]);
        return 0;
    }
    if (tomlscan_skip(scan, "u"))
        return read_code(scan, 4);
    if (tomlscan_skip(scan, "U"))
        return read_code(scan, 8);
    const char *at = scan->at;
    tomlscan_skip_blanks(scan);
    if (lines && skip_newline(scan)) {
        skip_white(scan);
        return 0;
    }
    scan->at = at;
    return tomlscan_fail(
        scan, "there is no such \\ in a string; write \\\\, or put the "
              "string in '");
}

/* In a string of several lines three quotes end it, and two more may be in it. */
static bool
ends_string(struct tomlscan *scan, char quote, bool lines)
{
    size_t count = 0, wanted = lines ? 3 : 1;
    while (scan->at + count < scan->end && scan->at[count] == quote)
        count++;
    if (count < wanted)
        return false;
    size_t more = !lines ? 0 : count > 5 ? 2 : count - 3;
    for (size_t i = 0; i < more; i++)
        tomlscan_put(scan, quote);
    scan->at += wanted + more;
    return true;
}

static int
read_byte(struct tomlscan *scan, char quote, bool lines)
{
    if (scan->at == scan->end)
        return tomlscan_fail(scan, "the string has no end");
    if (quote == '"' && *scan->at == '\\')
        return read_escape(scan, lines);
    if (lines && skip_newline(scan)) {
        tomlscan_put(scan, '\n');
        return 0;
    }
    if (sees_newline(scan))
        return tomlscan_fail(scan, "the string has no end in its line");
    if ((unsigned char)*scan->at < ' ' && *scan->at != '\t')
        return tomlscan_fail(scan,
                             "there is a control character in the string");
    tomlscan_put(scan, *scan->at++);
    return 0;
}

/* What has no end is told with the line in which it begins. */
int
tomlscan_read_string(struct tomlscan *scan, const char **text)
{
    unsigned line = scan->line;
    char quote = *scan->at;
    bool lines = tomlscan_skip(scan, "\"\"\"") || tomlscan_skip(scan, "'''");
    *text = scan->room;
    scan->at += !lines;
    if (lines)
        skip_newline(scan);
    while (!ends_string(scan, quote, lines))
        if (read_byte(scan, quote, lines) < 0) {
            scan->line = scan->at == scan->end ? line : scan->line;
            return -1;
        }
    tomlscan_put(scan, '\0');
    return 0;
}
