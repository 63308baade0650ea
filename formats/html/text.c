/* SPDX-License-Identifier: Apache-2.0
 *
 * html/text.c: see text.h.
 */
#include "formats/html/text.h"

#include <stdbool.h>

static bool
is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte != '"' && byte != '\\' && byte != '<' &&
           byte != 0x7f;
}

static void
put_escape(struct sink *sink, unsigned char byte)
{
    static const char digits[] = "0123456789abcdef";
    char escape[] = {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};

    sink_write(sink, escape, sizeof escape);
}

void
html_text_put(struct sink *sink, const char *text)
{
    const char *run = text;

    sink_puts(sink, "\"");
    for (; *text; text++) {
        if (is_plain((unsigned char)*text))
            continue;
        sink_write(sink, run, (size_t)(text - run));
        put_escape(sink, (unsigned char)*text);
        run = text + 1;
    }
    sink_write(sink, run, (size_t)(text - run));
    sink_puts(sink, "\"");
}
