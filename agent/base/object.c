/* SPDX-License-Identifier: Apache-2.0
 *
 * object.c: reads what ld.so reads: the dynamic section of an object, and its
 * hash table.
 */
#include "agent/base/object.h"

#include <elf.h>
#include <string.h>

#define HIDDEN_VERSION 0x8000u

/* == READING ============================================================== */

/* glibc has relocated these addresses where they lie, other loaders have not. */
static const void *
address(const struct object *object, ElfW(Addr) value)
{
    return (const void *)(value < object->base ? value + object->base : value);
}

void
object_read(struct object *object, uintptr_t base, const ElfW(Dyn) * dynamic)
{
    *object = (struct object){.base = base, .dynamic = dynamic};
    for (const ElfW(Dyn) *entry = dynamic; entry->d_tag != DT_NULL; entry++) {
        const void *at = address(object, entry->d_un.d_ptr);
        switch (entry->d_tag) {
        case DT_SYMTAB: object->symbols = at; break;
        case DT_STRTAB: object->names = at; break;
        case DT_GNU_HASH: object->hash = at; break;
        case DT_VERSYM: object->versions = at; break;
        default: break;
        }
    }
}

bool
object_of(const struct dl_phdr_info *info, struct object *object)
{
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_DYNAMIC) {
            object_read(
                object, info->dlpi_addr,
                (const void *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr));
            return object->symbols && object->names;
        }
    return false;
}

bool
object_holds(const struct dl_phdr_info *info, const void *place)
{
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type == PT_LOAD &&
            (uintptr_t)place - (info->dlpi_addr + part->p_vaddr) <
                part->p_memsz)
            return true;
    }
    return false;
}

/* == FINDING ONE ========================================================== */

struct search {
    const void *place;
    const char *name;
    struct object *object;
};

static int
visit(struct dl_phdr_info *info, size_t bytes, void *context)
{
    struct search *search = context;
    (void)bytes;
    if (search->place && !object_holds(info, search->place))
        return 0;
    if (!object_of(info, search->object))
        return search->place != NULL ? -1 : 0;
    return !search->name || object_symbol(search->object, search->name);
}

bool
object_at(const void *place, struct object *object)
{
    struct search search = {.place = place, .object = object};
    return dl_iterate_phdr(visit, &search) > 0;
}

bool
object_defining(const char *name, struct object *object)
{
    struct search search = {.name = name, .object = object};
    return dl_iterate_phdr(visit, &search) > 0;
}

/* struct dl_find_object; what follows is reserved. */
struct found_object {
    unsigned long long flags;
    void *begin, *end;
    const struct link_map *map;
    unsigned long long reserved[9];
};

static int (*find)(const void *, struct found_object *);

void
object_find_by(void *dl_find_object)
{
    *(void **)&find = dl_find_object;
}

bool
object_at_quickly(const void *place, struct object *object)
{
    struct found_object found = {0};
    if (!find)
        return object_at(place, object);
    if (find(place, &found) != 0 || !found.map || !found.map->l_ld)
        return false;
    object_read(object, found.map->l_addr, found.map->l_ld);
    return object->symbols && object->names;
}

/* == SYMBOLS ============================================================== */

static uint32_t
hash_of(const char *name)
{
    uint32_t hash = 5381;
    for (; *name; name++)
        hash = hash * 33 + (unsigned char)*name;
    return hash;
}

/* Not by strcmp, which may be another library's that is not ready yet. */
static bool
same(const char *name, const char *other)
{
    while (*name && *name == *other)
        name++, other++;
    return *name == *other;
}

static bool
is_it(const struct object *object, uint32_t index, const char *name)
{
    const ElfW(Sym) *symbol = &object->symbols[index];
    if (symbol->st_shndx == SHN_UNDEF ||
        (object->versions && object->versions[index] & HIDDEN_VERSION))
        return false;
    return same(object->names + symbol->st_name, name);
}

/* buckets, first symbol, words of the filter, shift; the filter; the buckets;
 * then one hash for each symbol, whose lowest bit ends a chain. */
const ElfW(Sym) * object_symbol(const struct object *object, const char *name)
{
    if (!object->hash || !object->symbols || !object->names)
        return NULL;
    uint32_t count = object->hash[0], first = object->hash[1];
    const uint32_t *buckets =
        object->hash + 4 + object->hash[2] * (sizeof(ElfW(Addr)) / 4);
    uint32_t hash = hash_of(name);
    uint32_t index = count ? buckets[hash % count] : 0;
    for (; index >= first && index; index++) {
        uint32_t entry = buckets[count + index - first];
        if ((entry | 1) == (hash | 1) && is_it(object, index, name))
            return &object->symbols[index];
        if (entry & 1)
            return NULL;
    }
    return NULL;
}

void *
object_find(const struct object *object, const char *name)
{
    const ElfW(Sym) *symbol = object_symbol(object, name);
    return symbol ? (void *)(object->base + symbol->st_value) : NULL;
}

bool
object_needs(const struct object *object, const char *prefix)
{
    size_t length = strlen(prefix);
    for (const ElfW(Dyn) *entry = object->dynamic; entry->d_tag != DT_NULL;
         entry++)
        if (entry->d_tag == DT_NEEDED &&
            strncmp(object->names + entry->d_un.d_val, prefix, length) == 0)
            return true;
    return false;
}

/* == OURS ================================================================= */

static bool
is_ours(const struct dl_phdr_info *info)
{
    return object_holds(info, (const void *)(uintptr_t)is_ours);
}

static int
note_path(struct dl_phdr_info *info, size_t bytes, void *context)
{
    (void)bytes;
    if (!is_ours(info))
        return 0;
    *(const char **)context = info->dlpi_name;
    return 1;
}

const char *
object_own_path(void)
{
    const char *path = NULL;
    dl_iterate_phdr(note_path, &path);
    return path && *path ? path : NULL;
}
