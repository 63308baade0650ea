/* SPDX-License-Identifier: Apache-2.0
 *
 * deflate.c: the fastest level: what is packed here are varints that a browser
 * unpacks again, and the time is felt at the end of every recording.
 */
#include "launcher/support/deflate.h"

#ifdef HAVE_ZLIB

#    include <zlib.h>

/* One stream for all chunks: setting one up clears a quarter of a megabyte. */
static size_t
compress_raw(const void *bytes, size_t count, void *out, size_t room)
{
    static z_stream stream;
    static int ready;

    if (!ready && deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, -MAX_WBITS,
                               MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        return 0;
    ready = 1;
    if (count > 0x7fffffff || room > 0x7fffffff ||
        deflateReset(&stream) != Z_OK)
        return 0;
    stream.next_in = (Bytef *)bytes;
    stream.avail_in = (uInt)count;
    stream.next_out = out;
    stream.avail_out = (uInt)room;
    return deflate(&stream, Z_FINISH) == Z_STREAM_END ? room - stream.avail_out
                                                      : 0;
}

size_t (*deflate_function(void))(const void *, size_t, void *, size_t)
{
    return compress_raw;
}

size_t
deflate_undo(const void *bytes, size_t count, void *out, size_t room)
{
    z_stream stream = {
        .next_in = (Bytef *)bytes,
        .avail_in = (uInt)count,
        .next_out = out,
        .avail_out = (uInt)room,
    };
    if (count > 0x7fffffff || room > 0x7fffffff ||
        inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        return 0;
    int result = inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    return result == Z_STREAM_END ? room - stream.avail_out : 0;
}

#else

size_t
deflate_undo(const void *bytes, size_t count, void *out, size_t room)
{
    (void)bytes;
    (void)count;
    (void)out;
    (void)room;
    return 0;
}

size_t (*deflate_function(void))(const void *, size_t, void *, size_t)
{
    return NULL;
}

#endif
