/* SPDX-License-Identifier: Apache-2.0
 *
 * imports.c: see imports.h.
 */
#include "agent/calls/imports.h"

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "agent/base/object.h"
#include "agent/base/process.h"
#include "agent/store/spool.h"

#if defined(__aarch64__)
#    define R_SLOT    R_AARCH64_JUMP_SLOT
#    define R_GLOBAL  R_AARCH64_GLOB_DAT
#    define R_ADDRESS R_AARCH64_ABS64
#else
#    define R_SLOT    R_X86_64_JUMP_SLOT
#    define R_GLOBAL  R_X86_64_GLOB_DAT
#    define R_ADDRESS R_X86_64_64
#endif

#define AGAIN 100
#define DONE  512 /* objects that are known; those beyond are looked at again */

static struct {
    unsigned long long came, went;
    bool unready; /* an object was, at the last look */
    int again;    /* how often that was a reason to look */
    uintptr_t done[DONE];
    size_t count;
} looked;

struct look {
    const struct import *imports;
    size_t count;
    const struct dl_phdr_info *info;
    struct object object;
    bool unready;
};

/* == ONE STORE ============================================================ */

static bool
is_read_only_later(const struct look *look, const void *slot)
{
    for (int i = 0; i < look->info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &look->info->dlpi_phdr[i];
        if (part->p_type == PT_GNU_RELRO &&
            (uintptr_t)slot - (look->info->dlpi_addr + part->p_vaddr) <
                part->p_memsz)
            return true;
    }
    return false;
}

/* Asked of the kernel, by a store of what is there already. */
static bool
is_read_only(void **slot)
{
    void *same = *slot;
    struct iovec from = {&same, sizeof same}, to = {slot, sizeof same};
    return !process_is_filtered() &&
           syscall(SYS_process_vm_writev, getpid(), &from, 1, &to, 1, 0) < 0 &&
           errno == EFAULT;
}

/* The last page of what is read-only later may have other things behind it, and
 * stays writable then. */
static bool
store_read_only(void **slot, void *value)
{
    size_t page = spool_page_bytes();
    void *at = (void *)((uintptr_t)slot & ~(page - 1));
    if (mprotect(at, page, PROT_READ | PROT_WRITE) != 0)
        return false;
    __atomic_store_n(slot, value, __ATOMIC_RELEASE);
    mprotect(at, page, PROT_READ);
    return true;
}

static bool
is_last_page(const struct look *look, const void *slot)
{
    uintptr_t page = spool_page_bytes();
    for (int i = 0; i < look->info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &look->info->dlpi_phdr[i];
        uintptr_t end = look->info->dlpi_addr + part->p_vaddr + part->p_memsz;
        if (part->p_type == PT_GNU_RELRO && (uintptr_t)slot >= (end & -page))
            return true;
    }
    return false;
}

static void
replace(struct look *look, void **slot, void *value)
{
    if (!is_read_only_later(look, slot) || is_last_page(look, slot))
        __atomic_store_n(slot, value, __ATOMIC_RELEASE);
    else if (!is_read_only(slot) || !store_read_only(slot, value))
        look->unready = true;
}

/* == ONE OBJECT =========================================================== */

static const struct import *
import_called(const struct look *look, const char *name)
{
    for (size_t i = 0; i < look->count; i++) {
        const char *other = look->imports[i].name;
        if (*other == *name && look->imports[i].real &&
            strcmp(other, name) == 0)
            return &look->imports[i];
    }
    return NULL;
}

/* It was bound to the real one, or is not bound yet and leads to its own stub. */
static bool
is_bound_so(const struct look *look, const ElfW(Rela) * entry, void *value,
            const struct import *import)
{
    return value == import->real || (ELF64_R_TYPE(entry->r_info) == R_SLOT &&
                                     (uintptr_t)value > look->object.base &&
                                     object_holds(look->info, value));
}

static void
look_at_entry(struct look *look, const ElfW(Rela) * entry)
{
    const struct object *object = &look->object;
    uint32_t type = (uint32_t)ELF64_R_TYPE(entry->r_info);
    if ((type != R_SLOT && type != R_GLOBAL && type != R_ADDRESS) ||
        entry->r_addend != 0)
        return;
    const ElfW(Sym) *symbol = &object->symbols[ELF64_R_SYM(entry->r_info)];
    if (symbol->st_shndx != SHN_UNDEF)
        return;
    const struct import *import =
        import_called(look, object->names + symbol->st_name);
    void **slot = (void **)(object->base + entry->r_offset);
    if (!import)
        return;
    void *value = __atomic_load_n(slot, __ATOMIC_RELAXED);
    if (is_bound_so(look, entry, value, import))
        replace(look, slot, import->ours);
    else if (value != import->ours && (uintptr_t)value < object->base &&
             ELF64_ST_BIND(symbol->st_info) != STB_WEAK)
        look->unready = true; /* ld.so has not come here yet */
}

struct table {
    const char *at;
    size_t bytes;
};

static void
look_at_table(struct look *look, struct table table)
{
    const ElfW(Rela) *entry = (const void *)table.at;
    for (size_t i = 0; table.at && i < table.bytes / sizeof *entry; i++)
        look_at_entry(look, &entry[i]);
}

static void
look_at_object(struct look *look)
{
    struct table data = {NULL, 0}, calls = {NULL, 0};
    uintptr_t base = look->object.base;
    for (const ElfW(Dyn) *entry = look->object.dynamic; entry->d_tag != DT_NULL;
         entry++) {
        uintptr_t value = entry->d_un.d_ptr;
        const char *at = (const char *)(value < base ? value + base : value);
        switch (entry->d_tag) {
        case DT_RELA: data.at = at; break;
        case DT_RELASZ: data.bytes = entry->d_un.d_val; break;
        case DT_JMPREL: calls.at = at; break;
        case DT_PLTRELSZ: calls.bytes = entry->d_un.d_val; break;
        default: break;
        }
    }
    look_at_table(look, data);
    look_at_table(look, calls);
}

/* == ALL OBJECTS ========================================================== */

/* Their calls are parts of calls that are seen; and ld.so has none. */
static bool
is_libc(const char *path)
{
    static const char *const names[] = {"libc.so", "libc-",   "libpthread",
                                        "ld-",     "libnss_", "libresolv",
                                        "librt",   "libanl.", "linux-vdso"};
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(name, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

static bool
is_done(uintptr_t base)
{
    for (size_t i = 0; i < looked.count; i++)
        if (looked.done[i] == base)
            return true;
    return false;
}

static int
visit(struct dl_phdr_info *info, size_t bytes, void *context)
{
    struct look *look = context;
    uintptr_t key = (uintptr_t)info->dlpi_phdr;
    (void)bytes;
    if (is_done(key) || is_libc(info->dlpi_name) ||
        object_holds(info, (const void *)(uintptr_t)visit) ||
        !object_of(info, &look->object))
        return 0;
    look->info = info;
    look->unready = false;
    look_at_object(look);
    if (look->unready)
        looked.unready = true;
    else if (looked.count < DONE)
        looked.done[looked.count++] = key;
    return 0;
}

static int
count(struct dl_phdr_info *info, size_t bytes, void *context)
{
    unsigned long long *changes = context;
    if (bytes <= offsetof(struct dl_phdr_info, dlpi_subs))
        return 1;
    changes[0] = info->dlpi_adds;
    changes[1] = info->dlpi_subs;
    return 1;
}

bool
imports_are_new(void)
{
    unsigned long long changes[2] = {0, 0};
    dl_iterate_phdr(count, changes);
    return (looked.unready && looked.again < AGAIN) ||
           changes[0] != looked.came || changes[1] != looked.went;
}

/* What went may have made room for another one at the same place. */
static void
note_changes(void)
{
    unsigned long long changes[2] = {0, 0};
    dl_iterate_phdr(count, changes);
    if (changes[1] != looked.went)
        looked.count = 0;
    looked.came = changes[0];
    looked.went = changes[1];
    looked.unready = false;
}

void
imports_replace(const struct import *imports, size_t number)
{
    struct look look = {.imports = imports, .count = number};
    looked.again += looked.unready;
    note_changes();
    dl_iterate_phdr(visit, &look);
}
