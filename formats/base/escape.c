/* SPDX-License-Identifier: Apache-2.0
 *
 * escape.c: see escape.h.
 */
#include "formats/base/escape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t
bytes_of(unsigned char byte)
{
    if (byte == '"' || byte == '\\' || byte == '\n')
        return 2;
    return byte < 0x20 ? 6 : 1;
}

size_t
escape_bytes(const char *text)
{
    size_t bytes = 0;
    for (; *text != '\0'; text++)
        bytes += bytes_of((unsigned char)*text);
    return bytes;
}

static char *
copy_one(char *to, char byte)
{
    static const char hex[] = "0123456789abcdef";
    switch (bytes_of((unsigned char)byte)) {
    case 1: *to++ = byte; break;
    case 2:
        *to++ = '\\';
        *to++ = byte == '\n' ? 'n' : byte;
        break;
    default:
        memcpy(to, "\\u00", 4);
        to[4] = hex[byte >> 4];
        to[5] = hex[byte & 15];
        to += 6;
    }
    return to;
}

char *
escape_copy(char *to, const char *text)
{
    for (; *text != '\0'; text++)
        to = copy_one(to, *text);
    return to;
}

void
escape_string(struct sink *sink, const char *text)
{
    sink_write(sink, "\"", 1);
    while (*text != '\0') {
        size_t plain = 0;
        while (text[plain] != '\0' && bytes_of((unsigned char)text[plain]) == 1)
            plain++;
        sink_write(sink, text, plain);
        text += plain;
        if (*text != '\0') {
            char *to = sink_reserve(sink, 8);
            sink_advance(sink, (size_t)(copy_one(to, *text++) - to));
        }
    }
    sink_write(sink, "\"", 1);
}

void
escape_member(struct sink *sink, const char *key, const char *text)
{
    sink_write(sink, "\"", 1);
    sink_puts(sink, key);
    sink_write(sink, "\":", 2);
    escape_string(sink, text);
}

void
escape_count(struct sink *sink, const char *key, uint64_t count)
{
    sink_write(sink, ",\"", 2);
    sink_puts(sink, key);
    sink_write(sink, "\":", 2);
    sink_decimal(sink, count);
}

size_t
escape_print(char to[ESCAPE_NUMBER_BYTES], double value)
{
    for (int digits = 15; digits <= 17; digits += 2) {
        snprintf(to, ESCAPE_NUMBER_BYTES, "%.*g", digits, value);
        if (strtod(to, NULL) == value)
            break;
    }
    for (char *at = to; *at != '\0'; at++)
        if (strchr("0123456789+-e", *at) == NULL)
            *at = '.';
    return strlen(to);
}

void
escape_number(struct sink *sink, double value)
{
    char text[ESCAPE_NUMBER_BYTES];
    sink_write(sink, text, escape_print(text, value));
}
