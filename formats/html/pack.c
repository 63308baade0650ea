/* SPDX-License-Identifier: Apache-2.0
 *
 * html/pack.c: codec, base64 and the script around it.
 */
#include "formats/html/pack.h"

#include <stdlib.h>

#include "formats/base/base64.h"
#include "formats/base/checksum.h"

enum codec {
    CODEC_PLAIN = 0,
    CODEC_DEFLATE = 1
};

struct html_pack {
    struct sink *sink;
    const struct format_options *options;
    unsigned char packed[HTML_PACK_BYTES];
    char text[BASE64_CHARS(HTML_PACK_BYTES)];
};

struct html_pack *
html_pack_new(struct sink *sink, const struct format_options *options)
{
    struct html_pack *pack = malloc(sizeof *pack);

    if (!pack)
        return NULL;
    pack->sink = sink;
    pack->options = options;
    return pack;
}

void
html_pack_free(struct html_pack *pack)
{
    free(pack);
}

/* The bytes to write: packed where that is possible and smaller. */
static const unsigned char *
choose(struct html_pack *pack, unsigned char *bytes, size_t *count)
{
    const struct format_options *options = pack->options;
    size_t packed = 0;

    bytes[0] = CODEC_PLAIN;
    if (options && options->deflate)
        packed = options->deflate(bytes + 1, *count - 1, pack->packed + 1,
                                  *count - 1);
    if (!packed)
        return bytes;
    pack->packed[0] = CODEC_DEFLATE;
    *count = packed + 1;
    return pack->packed;
}

static void
put_sum(struct sink *sink, uint32_t sum)
{
    static const char digits[] = "0123456789abcdef";
    char text[8];

    for (int i = 7; i >= 0; i--, sum >>= 4)
        text[i] = digits[sum & 15];
    sink_write(sink, text, sizeof text);
}

void
html_pack_write(struct html_pack *pack, const char *name, const char *key,
                uint64_t number, unsigned char *bytes, size_t count)
{
    const unsigned char *data = choose(pack, bytes, &count);

    sink_puts(pack->sink, "<script type=\"application/octet-stream\" class=\"");
    sink_puts(pack->sink, name);
    sink_puts(pack->sink, "\" data-");
    sink_puts(pack->sink, key);
    sink_puts(pack->sink, "=\"");
    sink_decimal(pack->sink, number);
    sink_puts(pack->sink, "\" data-sum=\"");
    put_sum(pack->sink, checksum_adler32(data, count));
    sink_puts(pack->sink, "\">");
    sink_write(pack->sink, pack->text, base64_encode(pack->text, data, count));
    sink_puts(pack->sink, "</script>\n");
}
