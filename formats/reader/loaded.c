/* SPDX-License-Identifier: Apache-2.0
 *
 * loaded.c: see loaded.h.
 */
#include "formats/reader/loaded.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

struct loaded_file {
    char *name;
    bool known, differs; /* differs: it was loaded as one, and as another */
    uint64_t size_bytes;
    int64_t modified_ns;
    /* Of those that loaded it while nobody looked, the one that started first. */
    const struct image *unseen;
    uint64_t unseen_ns; /* when that started */
};

static int
compare(const void *one, const void *other)
{
    const struct loaded_file *a = one, *b = other;
    return strcmp(a->name, b->name);
}

/* The entry of that name, which it takes, or NULL without memory. */
static struct loaded_file *
intern(struct loaded *loaded, char *name)
{
    struct loaded_file *file = calloc(1, sizeof *file);
    struct loaded_file **found = NULL;
    if (file != NULL && name != NULL) {
        file->name = name;
        found = tsearch(file, &loaded->files, compare);
    }
    if (found != NULL && *found == file)
        return file;
    free(name);
    free(file);
    return found != NULL ? *found : NULL;
}

static void
take_known(struct loaded_file *file, const struct spool_meta_source *source)
{
    if (file->known && (file->size_bytes != source->size_bytes ||
                        file->modified_ns != source->modified_ns))
        file->differs = true;
    file->known = true;
    file->size_bytes = source->size_bytes;
    file->modified_ns = source->modified_ns;
}

int
loaded_take(struct loaded *loaded, const struct image *image,
            uint64_t started_ns, const struct spool_meta_source *source,
            char *name)
{
    struct loaded_file *file = intern(loaded, name);
    if (file == NULL)
        return -1;
    if (source->known)
        take_known(file, source);
    else if (file->unseen == NULL || started_ns < file->unseen_ns) {
        file->unseen = image;
        file->unseen_ns = started_ns;
    }
    return 0;
}

static void
free_file(void *file)
{
    free(((struct loaded_file *)file)->name);
    free(file);
}

void
loaded_free(struct loaded *loaded)
{
    tdestroy(loaded->files, free_file);
    loaded->files = NULL;
}

int
loaded_is_still(const struct loaded *loaded, const char *name,
                const struct file_status *now,
                uint64_t (*began_ns)(const struct image *image))
{
    struct loaded_file key = {.name = (char *)name};
    struct loaded_file **found = tfind(&key, &loaded->files, compare);
    int64_t modified_ns = now->modified_s * 1000000000 + now->modified_ns;
    if (found == NULL) /* a recording from before these entries */
        return -1;
    const struct loaded_file *file = *found;
    if (file->differs || (file->known && (file->size_bytes != now->size_bytes ||
                                          file->modified_ns != modified_ns)))
        return 0;
    return file->unseen == NULL ||
           modified_ns <= (int64_t)began_ns(file->unseen);
}
