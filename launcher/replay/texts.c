/* SPDX-License-Identifier: Apache-2.0
 *
 * texts.c: see texts.h.  A text is its length and its bytes.
 */
#include "launcher/replay/texts.h"

#include <errno.h>
#include <stdlib.h>

int
texts_add(struct texts *texts, const char *text, size_t count)
{
    uint32_t bytes = (uint32_t)count;
    if (!texts->file && !(texts->file = tmpfile()))
        return -1;
    if (fwrite(&bytes, sizeof bytes, 1, texts->file) != 1 ||
        fwrite(text, 1, bytes, texts->file) != bytes)
        return -1;
    texts->end += sizeof bytes + bytes;
    return 0;
}

int
texts_seek(struct texts *texts, uint64_t end)
{
    return texts->file ? fseeko(texts->file, (off_t)end, SEEK_SET) : 0;
}

char *
texts_take(struct texts *texts)
{
    uint32_t bytes;
    if (!texts->file || fread(&bytes, sizeof bytes, 1, texts->file) != 1)
        return NULL;
    if (bytes >= texts->room) {
        char *last = realloc(texts->last, (size_t)bytes + 1);
        if (!last)
            return NULL;
        texts->last = last;
        texts->room = (size_t)bytes + 1;
    }
    if (fread(texts->last, 1, bytes, texts->file) != bytes)
        return NULL;
    texts->last[bytes] = '\0';
    return texts->last;
}

void
texts_close(struct texts *texts)
{
    if (texts->file)
        fclose(texts->file);
    free(texts->last);
}
