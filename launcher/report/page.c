/* SPDX-License-Identifier: Apache-2.0
 *
 * page.c: see page.h.
 */
#include "launcher/report/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "launcher/support/message.h"

void
page_begin(struct page *page, struct sink *sink)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS"), *plain = getenv("NO_COLOR");
    bool terminal = isatty(STDOUT_FILENO);
    *page = (struct page){.sink = sink};
    page->colour = terminal && !(plain && *plain);
    if (columns && atoi(columns) > 0)
        page->width = (unsigned)atoi(columns);
    else if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        page->width = size.ws_col;
}

/* == TEXT ================================================================== */

void
page_indent(struct page *page, unsigned columns)
{
    for (; columns > 0; columns--, page->column++)
        sink_write(page->sink, " ", 1);
}

void
page_head(struct page *page, const char *text, unsigned width)
{
    unsigned length = (unsigned)strlen(text);
    if (length < width)
        page_indent(page, width - length);
    sink_puts(page->sink, text);
    page->column += length;
}

/* The bytes of the character at text, and how many columns it takes. */
static size_t
character(const char *text)
{
    size_t bytes = 1;
    while ((text[bytes] & 0xc0) == 0x80)
        bytes++;
    return bytes;
}

static bool
is_control(const char *text)
{
    unsigned char first = (unsigned char)text[0];
    return first < 0x20 || first == 0x7f ||
           (first == 0xc2 && (unsigned char)text[1] < 0xa0);
}

/* At most limit columns of it. */
static const char *
put_some(struct page *page, const char *text, unsigned limit)
{
    while (*text && limit-- > 0) {
        size_t bytes = character(text);
        if (is_control(text))
            sink_write(page->sink, "?", 1);
        else
            sink_write(page->sink, text, bytes);
        page->column++;
        text += bytes;
    }
    return text;
}

static unsigned
columns_of(const char *text)
{
    unsigned columns = 0;
    for (; *text; text += character(text))
        columns++;
    return columns;
}

void
page_text(struct page *page, const char *text)
{
    put_some(page, text, UINT32_MAX);
}

void
page_name(struct page *page, const char *text)
{
    unsigned room = page->width > page->column ? page->width - page->column : 0;
    if (!page->width || columns_of(text) <= room)
        page_text(page, text);
    else if (room > 3) {
        put_some(page, text, room - 1);
        sink_puts(page->sink, "…");
    }
    page_end_line(page);
}

void
page_end_line(struct page *page)
{
    sink_puts(page->sink, "\n");
    page->column = 0;
}

/* == NUMBERS =============================================================== */

void
page_count(struct page *page, uint64_t number, unsigned width)
{
    char text[32];
    page_head(page, message_count(text, number), width);
}

void
page_duration(struct page *page, uint64_t ns, unsigned width)
{
    static const struct {
        const char *unit;
        double ns;
    } units[] = {{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}};
    char text[48];
    size_t i = 0;
    while (i < 3 && (double)ns < units[i].ns)
        i++;
    if (i == 3)
        snprintf(text, sizeof text, "%llu ns", (unsigned long long)ns);
    else {
        double value = (double)ns / units[i].ns;
        int decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
        snprintf(text, sizeof text, "%.*f %s", decimals, value, units[i].unit);
    }
    page_head(page, text, width);
}

void
page_share(struct page *page, uint64_t part, uint64_t whole, unsigned width)
{
    char text[32];
    double share = whole ? 100.0 * (double)part / (double)whole : 0;
    snprintf(text, sizeof text, "%.1f%%", share);
    page_head(page, text, width);
}

/* == COLOUR ================================================================ */

static void
put_code(struct page *page, const char *code)
{
    if (page->colour)
        sink_puts(page->sink, code);
}

void
page_bold(struct page *page)
{
    put_code(page, "\033[1m");
}

void
page_dim(struct page *page)
{
    put_code(page, "\033[2m");
}

void
page_plain(struct page *page)
{
    put_code(page, "\033[0m");
}
