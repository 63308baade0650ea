/* SPDX-License-Identifier: Apache-2.0
 *
 * sourcefile.c: a list of files for each hash of a path.  There are about as
 * many files as modules, and each is looked for once for each function in it.
 */
#include "agent/cpython/names/sourcefile.h"

#include <string.h>

#include "agent/base/arena.h"
#include "agent/base/lock.h"
#include "agent/store/entry.h"
#include "formats/base/file.h"
#include "formats/base/hash.h"

#define LISTS 1024

struct sourcefile {
    struct sourcefile *next;
    struct spool_meta_source known; /* as it was told last */
    bool mixed;                     /* loaded again, and was another one */
    struct text path;
};

/* Guarded by lock.  A file is there from the store of its list's head on, so a
 * fork at any moment leaves the child a whole list. */
static struct {
    struct lock lock;
    struct sourcefile *lists[LISTS];
} files;

static struct sourcefile **
list_of(struct text path)
{
    uint32_t hash = hash_of(path.bytes, path.length);
    return &files.lists[(hash ^ hash >> 16) % LISTS];
}

static struct sourcefile *
find(struct sourcefile *file, struct text path)
{
    while (file && (file->path.length != path.length ||
                    memcmp(file->path.bytes, path.bytes, path.length) != 0))
        file = file->next;
    return file;
}

static struct sourcefile *
add(struct sourcefile **list, struct text path)
{
    struct sourcefile *file = arena_take(sizeof *file + path.length);
    if (!file)
        return NULL;
    memcpy(file + 1, path.bytes, path.length);
    file->path = (struct text){(const char *)(file + 1), path.length};
    file->next = *list;
    __atomic_store_n(list, file, __ATOMIC_RELEASE);
    return file;
}

/* What is known of a file that is loaded now; of others, and of what is not a file,
 * nothing. */
static struct spool_meta_source
look(struct text path, bool loading)
{
    struct spool_meta_source source = {.meta.type = SPOOL_META_SOURCE};
    struct file_status status;
    if (!loading || strlen(path.bytes) != path.length ||
        file_follow(path.bytes, &status) < 0)
        return source;
    source.known = 1;
    source.size_bytes = status.size_bytes;
    source.modified_ns = status.modified_s * 1000000000 + status.modified_ns;
    return source;
}

/* A file that is loaded once more is told if it is another one now. */
static bool
is_news(const struct sourcefile *file, const struct spool_meta_source *source)
{
    return file->known.meta.type != source->meta.type ||
           (source->known && (file->known.known != source->known ||
                              file->known.size_bytes != source->size_bytes ||
                              file->known.modified_ns != source->modified_ns));
}

void
sourcefile_meet(struct text path, bool loading)
{
    if (path.length == 0 || path.bytes[0] != '/')
        return;
    struct sourcefile **list = list_of(path);
    lock_acquire(&files.lock);
    struct sourcefile *file = find(*list, path);
    if (!file || loading) {
        struct spool_meta_source source = look(path, loading);
        if (!file)
            file = add(list, path);
        if (file && is_news(file, &source)) {
            file->mixed = file->known.known;
            file->known = source;
            entry_append_source(&file->known, file->path);
        }
    }
    lock_release(&files.lock);
}

/* Of a mixed one, which of its functions are of which text is not known. */
static void
repeat(const struct sourcefile *file)
{
    struct spool_meta_source source = file->known;
    if (file->mixed)
        source.known = 0;
    entry_append_source(&source, file->path);
}

void
sourcefile_repeat(void)
{
    lock_acquire(&files.lock);
    for (int i = 0; i < LISTS; i++)
        for (struct sourcefile *file = files.lists[i]; file; file = file->next)
            repeat(file);
    lock_release(&files.lock);
}
