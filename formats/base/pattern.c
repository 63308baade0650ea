/* SPDX-License-Identifier: Apache-2.0
 *
 * pattern.c: see pattern.h.  fnmatch(3) wants NUL behind its texts and may
 * allocate; here neither is to be had, because functions are also judged where
 * they are met, in the traced program.
 */
#include "formats/base/pattern.h"

#include <string.h>

/* == GLOBS ================================================================ */

/* At glob[*at], behind a [: whether byte is in the set, and *at is behind its ].
 * -1: no ] ends it, so that it is none. */
static int
in_set(struct span_of_text glob, size_t *at, char byte)
{
    size_t i = *at;
    bool others =
        i < glob.length && (glob.bytes[i] == '!' || glob.bytes[i] == '^');
    bool found = false;
    i += others;
    for (size_t first = i; i < glob.length; i++) {
        if (glob.bytes[i] == ']' && i > first) {
            *at = i + 1;
            return found != others;
        }
        char low = glob.bytes[i], high = low;
        if (i + 2 < glob.length && glob.bytes[i + 1] == '-' &&
            glob.bytes[i + 2] != ']') {
            high = glob.bytes[i + 2];
            i += 2;
        }
        found |= (unsigned char)low <= (unsigned char)byte &&
                 (unsigned char)byte <= (unsigned char)high;
    }
    return -1;
}

/* Does what stands at glob[*at], which is no *, mean this byte?  *at is behind it
 * then. */
static bool
fits_byte(struct span_of_text glob, size_t *at, char byte)
{
    size_t i = *at;
    if (i >= glob.length)
        return false;
    char is = glob.bytes[i++];
    if (is == '[') {
        int in = in_set(glob, &i, byte);
        *at = i;
        return in < 0 ? byte == '[' : in;
    }
    if (is == '\\' && i < glob.length)
        is = glob.bytes[i++];
    else if (is == '?')
        is = byte;
    *at = i;
    return is == byte;
}

/* After a * that fits too little, the last one takes one byte more. */
bool
pattern_fits_text(struct span_of_text glob, struct span_of_text text)
{
    size_t at = 0, i = 0, star = SIZE_MAX, star_end = 0;
    while (i < text.length) {
        if (at < glob.length && glob.bytes[at] == '*') {
            star = at++;
            star_end = i;
            continue;
        }
        size_t next = at;
        if (fits_byte(glob, &next, text.bytes[i])) {
            at = next;
            i++;
            continue;
        }
        if (star == SIZE_MAX)
            return false;
        at = star + 1;
        i = ++star_end;
    }
    while (at < glob.length && glob.bytes[at] == '*')
        at++;
    return at == glob.length;
}

/* == FUNCTIONS ============================================================ */

static struct span_of_text
from(struct span_of_text text, size_t at)
{
    return (struct span_of_text){text.bytes + at, text.length - at};
}

static struct span_of_text
up_to(struct span_of_text text, size_t end)
{
    return (struct span_of_text){text.bytes, end};
}

/* Behind the last such byte; 0: there is none. */
static size_t
behind_last(struct span_of_text text, char byte)
{
    size_t at = text.length;
    while (at > 0 && text.bytes[at - 1] != byte)
        at--;
    return at;
}

static bool
fits_file(struct span_of_text glob, struct span_of_text file)
{
    return file.length > 0 &&
           (pattern_fits_text(glob, file) ||
            pattern_fits_text(glob, from(file, behind_last(file, '/'))));
}

/* The number that a glob has behind its last colon; 0: none. */
static uint32_t
line_of(struct span_of_text glob, size_t colon)
{
    uint32_t line = 0;
    for (size_t i = colon; i < glob.length; i++) {
        if (glob.bytes[i] < '0' || glob.bytes[i] > '9' || line > 100000000)
            return 0;
        line = line * 10 + (uint32_t)(glob.bytes[i] - '0');
    }
    return line;
}

static bool
fits_module(struct span_of_text glob, const struct pattern_names *names)
{
    const char *colon = memchr(glob.bytes, ':', glob.length);
    size_t end = (size_t)(colon - glob.bytes);
    return pattern_fits_text(up_to(glob, end), names->module) &&
           pattern_fits_text(from(glob, end + 1), names->qualified_name);
}

bool
pattern_fits(struct span_of_text glob, const struct pattern_names *names)
{
    size_t colon = behind_last(glob, ':');
    if (colon && line_of(glob, colon))
        return line_of(glob, colon) == names->line &&
               fits_file(up_to(glob, colon - 1), names->file);
    if (colon)
        return fits_module(glob, names);
    bool path = memchr(glob.bytes, '/', glob.length) ||
                memchr(glob.bytes, '.', glob.length);
    return pattern_fits_text(glob, names->qualified_name) ||
           (path && fits_file(glob, names->file));
}

/* == FAULTS =============================================================== */

static bool
ends_with(struct span_of_text text, const char *end)
{
    size_t length = strlen(end);
    return text.length >= length &&
           memcmp(text.bytes + text.length - length, end, length) == 0;
}

static bool
has_any(struct span_of_text text, const char *bytes)
{
    for (size_t i = 0; i < text.length; i++)
        if (strchr(bytes, text.bytes[i]))
            return true;
    return false;
}

static bool
has_open_set(struct span_of_text glob)
{
    for (size_t at = 0; at < glob.length;) {
        size_t next = at + 1;
        if (glob.bytes[at] == '[' && in_set(glob, &next, 'x') < 0)
            return true;
        at = next + (glob.bytes[at] == '\\');
    }
    return false;
}

static bool
is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* MODULE:NAME that no function has. */
static const char *
fault_of_parts(struct span_of_text glob, size_t colon)
{
    struct span_of_text module = up_to(glob, colon - 1);
    struct span_of_text name = from(glob, colon);
    if (module.length == 0)
        return "has nothing before the : in it; give MODULE:NAME, or *:NAME "
               "for any module";
    if (name.length == 0)
        return "has nothing behind the : in it; give MODULE:*, or FILE alone";
    if (has_any(module, ":"))
        return "has several : in it; give MODULE:NAME or FILE:LINE";
    if (has_any(module, "/") || ends_with(module, ".py"))
        return "is a FILE with a name behind it; give FILE, FILE:LINE or "
               "MODULE:NAME";
    return NULL;
}

const char *
pattern_glob_fault(struct span_of_text glob)
{
    if (glob.length == 0)
        return "is empty";
    if (is_space(glob.bytes[0]) || is_space(glob.bytes[glob.length - 1]))
        return "begins or ends with a space; leave it out";
    if (has_open_set(glob))
        return "has a [ without a ]; write \\[ for one in a name";
    if (ends_with(glob, "\\") && !ends_with(glob, "\\\\"))
        return "ends with a \\, behind which nothing stands; write \\\\ for "
               "one";
    return NULL;
}

const char *
pattern_fault(struct span_of_text glob)
{
    const char *fault = pattern_glob_fault(glob);
    if (fault)
        return fault;
    if (has_any(glob, ",;"))
        return "has a , or ; in it; give the patterns one by one, and write ? "
               "for it in a name";
    if (has_any(glob, "()") && !has_any(glob, "/"))
        return "has parentheses; give the name without them";
    size_t colon = behind_last(glob, ':');
    return colon && (colon == 1 || !line_of(glob, colon))
               ? fault_of_parts(glob, colon)
               : NULL;
}
