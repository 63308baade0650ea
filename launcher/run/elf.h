/* SPDX-License-Identifier: Apache-2.0
 *
 * elf.h: what the header of an executable says about loading a library into
 * it.  Reads the file alone; every offset in it is checked.
 */
#ifndef CODESNAP_ELF_H
#define CODESNAP_ELF_H

#include <stdbool.h>
#include <stddef.h>

struct elf {
    const unsigned char *bytes;
    size_t size;
    bool native; /* of the class and the processor of this build */
    int bits;    /* 32 or 64 */
    const char
        *interpreter; /* the dynamic loader, NULL in a static executable */
};

/* Map the file.  0, or -1 with errno set (ENOEXEC: it is no ELF file). */
int elf_open(struct elf *elf, const char *path);
void elf_close(struct elf *elf);

/* Whether it asks for a shared library whose name starts with prefix. */
bool elf_needs(const struct elf *elf, const char *prefix);

#endif
