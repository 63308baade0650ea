/* SPDX-License-Identifier: Apache-2.0
 *
 * printer.c: see printer.h.
 */
#include "launcher/report/printer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "formats/base/phrase.h"

void
printer_begin(struct printer *printer, struct sink *sink)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS"), *plain = getenv("NO_COLOR");
    bool terminal = isatty(STDOUT_FILENO);
    *printer = (struct printer){.sink = sink};
    printer->colour = terminal && !(plain && *plain);
    if (columns && atoi(columns) > 0)
        printer->width = (unsigned)atoi(columns);
    else if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        printer->width = size.ws_col;
}

/* == TEXT ================================================================== */

void
printer_indent(struct printer *printer, unsigned columns)
{
    for (; columns > 0; columns--, printer->column++)
        sink_write(printer->sink, " ", 1);
}

void
printer_head(struct printer *printer, const char *text, unsigned width)
{
    unsigned length = (unsigned)strlen(text);
    if (length < width)
        printer_indent(printer, width - length);
    sink_puts(printer->sink, text);
    printer->column += length;
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
put_some(struct printer *printer, const char *text, unsigned limit)
{
    while (*text && limit-- > 0) {
        size_t bytes = character(text);
        if (is_control(text))
            sink_write(printer->sink, "?", 1);
        else
            sink_write(printer->sink, text, bytes);
        printer->column++;
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
printer_text(struct printer *printer, const char *text)
{
    put_some(printer, text, UINT32_MAX);
}

void
printer_name(struct printer *printer, const char *text)
{
    unsigned room =
        printer->width > printer->column ? printer->width - printer->column : 0;
    if (!printer->width || columns_of(text) <= room)
        printer_text(printer, text);
    else if (room > 3) {
        put_some(printer, text, room - 1);
        sink_puts(printer->sink, "…");
    }
    printer_end_line(printer);
}

void
printer_end_line(struct printer *printer)
{
    sink_puts(printer->sink, "\n");
    printer->column = 0;
}

/* == NUMBERS =============================================================== */

void
printer_count(struct printer *printer, uint64_t number, unsigned width)
{
    char text[32];
    printer_head(printer, phrase_digits(text, number), width);
}

/* In three digits or so. */
static void
format_duration(char *text, size_t room, uint64_t ns)
{
    static const struct {
        const char *unit;
        double ns;
    } units[] = {{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}};
    size_t i = 0;
    while (i < 3 && (double)ns < units[i].ns)
        i++;
    if (i == 3) {
        snprintf(text, room, "%llu ns", (unsigned long long)ns);
        return;
    }
    double value = (double)ns / units[i].ns;
    int decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
    snprintf(text, room, "%.*f %s", decimals, value, units[i].unit);
}

void
printer_duration(struct printer *printer, uint64_t ns, unsigned width)
{
    char text[48];
    format_duration(text, sizeof text, ns);
    printer_head(printer, text, width);
}

void
printer_difference(struct printer *printer, int64_t ns, unsigned width)
{
    char text[48] = "+";
    if (ns < 0)
        text[0] = '-';
    format_duration(text + 1, sizeof text - 1, (uint64_t)(ns < 0 ? -ns : ns));
    printer_head(printer, ns == 0 ? "0 ns" : text, width);
}

void
printer_share(struct printer *printer, uint64_t part, uint64_t whole,
              unsigned width)
{
    char text[32];
    double share = whole ? 100.0 * (double)part / (double)whole : 0;
    snprintf(text, sizeof text, "%.1f%%", share);
    printer_head(printer, text, width);
}

/* == COLOUR ================================================================ */

static void
put_code(struct printer *printer, const char *code)
{
    if (printer->colour)
        sink_puts(printer->sink, code);
}

void
printer_bold(struct printer *printer)
{
    put_code(printer, "\033[1m");
}

void
printer_dim(struct printer *printer)
{
    put_code(printer, "\033[2m");
}

void
printer_plain(struct printer *printer)
{
    put_code(printer, "\033[0m");
}
