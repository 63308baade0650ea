/* SPDX-License-Identifier: Apache-2.0
 *
 * jsonstring.c: see jsonstring.h.  In a clean string only ASCII is escaped.
 */
#include "formats/trace/jsonstring.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* \u0041: the last two digits are all there is. */
static char *
put_code(char *to, const char *digits)
{
    char two[3] = {digits[2], digits[3], '\0'};
    char code = (char)strtol(two, NULL, 16);
    if (code == '\0')
        return stpcpy(to, "\xef\xbf\xbd");
    *to++ = code;
    return to;
}

static char
meant_by(char letter)
{
    static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
    const char *at = strchr(letters, letter);
    return at != NULL && letter != '\0' ? meant[at - letters] : letter;
}

char *
jsonstring_plain(const char *string, size_t count)
{
    char *text = malloc(count + 1), *to = text;
    const char *at = string + 1, *end = string + count - 1;
    while (text != NULL && at < end) {
        if (*at != '\\') {
            *to++ = *at++;
        } else if (at[1] == 'u') {
            to = put_code(to, at + 2);
            at += 6;
        } else {
            *to++ = meant_by(at[1]);
            at += 2;
        }
    }
    if (text != NULL)
        *to = '\0';
    return text;
}
