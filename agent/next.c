/* SPDX-License-Identifier: Apache-2.0
 *
 * next.c: dlsym(RTLD_NEXT), where there is one.  Before glibc 2.34 it lives in
 * libdl, which a shell need not have; there the hash tables of the objects in
 * memory are read, as ld.so does.
 */
#include "agent/next.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "agent/libc.h"

#define HIDDEN_VERSION 0x8000u

/* What an object says of its symbols. */
struct object {
    uintptr_t base;
    const Elf64_Sym *symbols;
    const char *names;
    const uint32_t *hash; /* DT_GNU_HASH */
    const Elf64_Half *versions;
};

struct search {
    const char *name;
    bool behind; /* we have come past ourselves */
    void *found;
};

static uint32_t
hash_of(const char *name)
{
    uint32_t hash = 5381;
    for (; *name; name++)
        hash = hash * 33 + (unsigned char)*name;
    return hash;
}

/* glibc has relocated these addresses where they lie, other loaders have not. */
static const void *
address(const struct object *object, Elf64_Addr value)
{
    return (const void *)(value < object->base ? value + object->base : value);
}

static void
read_dynamic(struct object *object, const Elf64_Dyn *entry)
{
    for (; entry->d_tag != DT_NULL; entry++) {
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

static bool
is_it(const struct object *object, uint32_t index, const char *name)
{
    const Elf64_Sym *symbol = &object->symbols[index];
    if (symbol->st_shndx == SHN_UNDEF ||
        ELF64_ST_TYPE(symbol->st_info) != STT_FUNC ||
        (object->versions && object->versions[index] & HIDDEN_VERSION))
        return false;
    return strcmp(object->names + symbol->st_name, name) == 0;
}

/* buckets, first symbol, words of the filter, shift; the filter; the buckets;
 * then one hash for each symbol, whose lowest bit ends a chain. */
static void *
look_up(const struct object *object, const char *name)
{
    if (!object->hash || !object->symbols || !object->names)
        return NULL;
    uint32_t count = object->hash[0], first = object->hash[1];
    const uint32_t *buckets =
        object->hash + 4 + object->hash[2] * (sizeof(Elf64_Addr) / 4);
    uint32_t hash = hash_of(name);
    uint32_t index = count ? buckets[hash % count] : 0;
    for (; index >= first && index; index++) {
        uint32_t entry = buckets[count + index - first];
        if ((entry | 1) == (hash | 1) && is_it(object, index, name))
            return (void *)(object->base + object->symbols[index].st_value);
        if (entry & 1)
            return NULL;
    }
    return NULL;
}

static bool
is_ours(const struct dl_phdr_info *info)
{
    uintptr_t here = (uintptr_t)(void *)hash_of;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const Elf64_Phdr *part = &info->dlpi_phdr[i];
        if (part->p_type == PT_LOAD &&
            here - (info->dlpi_addr + part->p_vaddr) < part->p_memsz)
            return true;
    }
    return false;
}

static int
visit(struct dl_phdr_info *info, size_t bytes, void *context)
{
    struct search *search = context;
    struct object object = {.base = info->dlpi_addr};
    (void)bytes;
    if (!search->behind) {
        search->behind = is_ours(info);
        return 0;
    }
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_DYNAMIC)
            read_dynamic(&object, (const void *)(info->dlpi_addr +
                                                 info->dlpi_phdr[i].p_vaddr));
    search->found = look_up(&object, search->name);
    return search->found != NULL;
}

void *
next_search(const char *name)
{
    struct search search = {.name = name};
    dl_iterate_phdr(visit, &search);
    return search.found;
}

void *
next_find(const char *name)
{
    void *found = dlsym ? dlsym(RTLD_NEXT, name) : NULL;
    return found ? found : next_search(name);
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
next_own_path(void)
{
    const char *path = NULL;
    dl_iterate_phdr(note_path, &path);
    return path && *path ? path : NULL;
}
