/* SPDX-License-Identifier: Apache-2.0
 *
 * elf.c: the file is mapped and looked at in place.  Only a file of this
 * build's own class is read past its identification.
 */
#include "launcher/run/elf.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#if __x86_64__
#    define MACHINE EM_X86_64
#elif __aarch64__
#    define MACHINE EM_AARCH64
#elif __i386__
#    define MACHINE EM_386
#elif __riscv
#    define MACHINE EM_RISCV
#elif __powerpc64__
#    define MACHINE EM_PPC64
#elif __s390x__
#    define MACHINE EM_S390
#else
#    define MACHINE EM_NONE /* then every class match counts as native */
#endif
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#    define ENCODING ELFDATA2LSB
#else
#    define ENCODING ELFDATA2MSB
#endif
#define CLASS (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32)

static const void *
at(const struct elf *elf, size_t offset, size_t count)
{
    if (offset > elf->size || count > elf->size - offset)
        return NULL;
    return elf->bytes + offset;
}

static const char *
text_at(const struct elf *elf, size_t offset)
{
    const char *text = at(elf, offset, 1);
    return text && memchr(text, 0, elf->size - offset) ? text : NULL;
}

/* Copied out, for the file need not be aligned.  False behind the last one. */
static bool
segment_get(const struct elf *elf, size_t number, ElfW(Phdr) * segment)
{
    ElfW(Ehdr) header;
    memcpy(&header, elf->bytes, sizeof header);
    if (number >= header.e_phnum || header.e_phentsize != sizeof *segment)
        return false;
    const void *found =
        at(elf, header.e_phoff + number * sizeof *segment, sizeof *segment);
    if (found)
        memcpy(segment, found, sizeof *segment);
    return found != NULL;
}

static bool
segment_find(const struct elf *elf, unsigned type, ElfW(Phdr) * segment)
{
    for (size_t i = 0; segment_get(elf, i, segment); i++)
        if (segment->p_type == type)
            return true;
    return false;
}

/* Where in the file an address is loaded from, or elf->size. */
static size_t
offset_of(const struct elf *elf, size_t address)
{
    ElfW(Phdr) segment;
    for (size_t i = 0; segment_get(elf, i, &segment); i++)
        if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
            address - segment.p_vaddr < segment.p_filesz)
            return address - segment.p_vaddr + segment.p_offset;
    return elf->size;
}

static bool
entry_get(const struct elf *elf, const ElfW(Phdr) * dynamic, size_t number,
          ElfW(Dyn) * entry)
{
    const void *found =
        number < dynamic->p_filesz / sizeof *entry
            ? at(elf, dynamic->p_offset + number * sizeof *entry, sizeof *entry)
            : NULL;
    if (found)
        memcpy(entry, found, sizeof *entry);
    return found && entry->d_tag != DT_NULL;
}

static size_t
strings_offset(const struct elf *elf, const ElfW(Phdr) * dynamic)
{
    ElfW(Dyn) entry;
    for (size_t i = 0; entry_get(elf, dynamic, i, &entry); i++)
        if (entry.d_tag == DT_STRTAB)
            return offset_of(elf, entry.d_un.d_ptr);
    return elf->size;
}

bool
elf_needs(const struct elf *elf, const char *prefix)
{
    ElfW(Phdr) dynamic;
    ElfW(Dyn) entry;
    if (!elf->native || !segment_find(elf, PT_DYNAMIC, &dynamic))
        return false;
    size_t strings = strings_offset(elf, &dynamic);
    for (size_t i = 0; entry_get(elf, &dynamic, i, &entry); i++) {
        if (entry.d_tag != DT_NEEDED || entry.d_un.d_val > elf->size)
            continue;
        const char *name = text_at(elf, strings + entry.d_un.d_val);
        if (name && strncmp(name, prefix, strlen(prefix)) == 0)
            return true;
    }
    return false;
}

static int
identify(struct elf *elf)
{
    ElfW(Phdr) segment;
    ElfW(Ehdr) header;
    if (!at(elf, 0, EI_NIDENT) || memcmp(elf->bytes, ELFMAG, SELFMAG) != 0)
        return -1;
    elf->bits = elf->bytes[EI_CLASS] == ELFCLASS32 ? 32 : 64;
    if (elf->bytes[EI_CLASS] != CLASS || elf->bytes[EI_DATA] != ENCODING ||
        !at(elf, 0, sizeof header))
        return 0;
    memcpy(&header, elf->bytes, sizeof header);
    elf->native = header.e_machine == MACHINE || MACHINE == EM_NONE;
    if (elf->native && segment_find(elf, PT_INTERP, &segment))
        elf->interpreter = text_at(elf, segment.p_offset);
    return 0;
}

int
elf_open(struct elf *elf, const char *path)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *elf = (struct elf){.bytes = MAP_FAILED};
    if (fd < 0)
        return -1;
    errno = ENOEXEC;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size) {
        elf->size = (size_t)status.st_size;
        elf->bytes = mmap(NULL, elf->size, PROT_READ, MAP_PRIVATE, fd, 0);
    }
    close(fd);
    if (elf->bytes == MAP_FAILED)
        return -1;
    if (identify(elf) == 0)
        return 0;
    elf_close(elf);
    errno = ENOEXEC;
    return -1;
}

void
elf_close(struct elf *elf)
{
    munmap((void *)elf->bytes, elf->size);
    elf->bytes = NULL;
}
