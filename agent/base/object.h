/* SPDX-License-Identifier: Apache-2.0
 *
 * object.h: an executable or a library as it lies in memory, and the symbols
 * that it defines.  Nothing here takes a lock of ld.so's but that of its list, and
 * nothing asks libdl, which a program may lack before glibc 2.34.
 */
#ifndef CODESNAP_OBJECT_H
#define CODESNAP_OBJECT_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct object {
    uintptr_t base;
    const ElfW(Dyn) * dynamic;
    const ElfW(Sym) * symbols;
    const char *names;
    const uint32_t *hash; /* DT_GNU_HASH */
    const ElfW(Half) * versions;
};

/* What an object says of itself; base is where its address 0 lies. */
void object_read(struct object *object, uintptr_t base,
                 const ElfW(Dyn) * dynamic);
/* One that ld.so lists; false if it has no symbols. */
bool object_of(const struct dl_phdr_info *info, struct object *object);
/* Whether one that ld.so lists has this address in it. */
bool object_holds(const struct dl_phdr_info *info, const void *address);

/* The one that has this address in it, in the namespace that we are in; or the
 * first one that defines a symbol.  Not for signal handlers. */
bool object_at(const void *address, struct object *object);
bool object_defining(const char *name, struct object *object);
/* The same as object_at without a lock where libc can do that (glibc 2.35): by its
 * _dl_find_object, if object_find_by was given that, in the constructor. */
void object_find_by(void *dl_find_object);
bool object_at_quickly(const void *address, struct object *object);

/* The default version of a symbol that it defines, or NULL; and where that is. */
const ElfW(Sym) * object_symbol(const struct object *object, const char *name);
void *object_find(const struct object *object, const char *name);
/* Whether one of the libraries that it names as needed starts like this. */
bool object_needs(const struct object *object, const char *prefix);

/* The path under which ld.so loaded us, or NULL. */
const char *object_own_path(void);

#endif
