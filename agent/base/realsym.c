/* SPDX-License-Identifier: Apache-2.0
 *
 * realsym.c: dlsym(RTLD_NEXT), where there is one.  Before glibc 2.34 it lives in
 * libdl, which a shell need not have; there the hash tables of the objects in
 * memory are read, as ld.so does.  That is the way to dlsym itself, too: the one
 * by its name is our own.
 */
#include "agent/base/realsym.h"

#include <dlfcn.h>
#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "agent/base/object.h"

static void *
function_in(const struct link_map *map, const char *name)
{
    struct object object;
    object_read(&object, map->l_addr, map->l_ld);
    const ElfW(Sym) *symbol = object_symbol(&object, name);
    return symbol && ELF64_ST_TYPE(symbol->st_info) == STT_FUNC
               ? (void *)(object.base + symbol->st_value)
               : NULL;
}

/* The list that ld.so keeps for debuggers; _DYNAMIC is our own section in it.
 * dl_iterate_phdr may be another library's that is not ready yet, as that of
 * AddressSanitizer, which asks for dlsym before all constructors. */
void *
realsym_search(const char *name)
{
    void *found = NULL;
    bool behind = false; /* we have come past ourselves */
    const struct link_map *map = _r_debug.r_map;
    for (; map && !found; map = map->l_next) {
        if (behind && map->l_ld)
            found = function_in(map, name);
        behind = behind || map->l_ld == _DYNAMIC;
    }
    return found;
}

void *
realsym_dlsym(void *handle, const char *name)
{
    static void *(*look_up)(void *, const char *);
    if (!look_up) /* libdl may have come in the meantime */
        *(void **)&look_up = realsym_search("dlsym");
    return look_up ? look_up(handle, name) : NULL;
}

void *
realsym_find(const char *name)
{
    void *found = realsym_dlsym(RTLD_NEXT, name);
    return found ? found : realsym_search(name);
}
