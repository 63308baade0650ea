/* SPDX-License-Identifier: Apache-2.0
 *
 * html/pack.h: bytes as one script of an HTML output: deflated where that is
 * possible and smaller, then base64.  Used by all that writes such scripts.
 */
#ifndef CODESNAP_HTML_PACK_H
#define CODESNAP_HTML_PACK_H

#include "formats/shape/writer.h"

/* Base64 of so many bytes stays below 1 MB. */
#define HTML_PACK_BYTES 740000

struct html_pack;

/* NULL with errno set if memory is short. */
struct html_pack *html_pack_new(struct sink *sink,
                                const struct format_options *options);
void html_pack_free(struct html_pack *pack);

/* Write `<script ... class="NAME" data-KEY="NUMBER">`, the bytes, the end.
 * bytes[0] is the codec's place, count at most HTML_PACK_BYTES. */
void html_pack_write(struct html_pack *pack, const char *name, const char *key,
                     uint64_t number, unsigned char *bytes, size_t count);

#endif
