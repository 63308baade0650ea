/* SPDX-License-Identifier: Apache-2.0
 *
 * imports.h: functions that the objects of this process import, replaced by ours in
 * their tables (GOT), as ld.so filled those in.  For libraries that the program loads
 * while it runs; interposed.def is for what must work in every process, from the
 * first instant on.
 *
 * Where a table is read-only after relocation (RELRO) it becomes writable for the
 * moment of a store.  One that ld.so may still be at work on is left for the next
 * look.  One thread at a time, with no lock of ld.so's held.
 */
#ifndef CODESNAP_IMPORTS_H
#define CODESNAP_IMPORTS_H

#include <stdbool.h>
#include <stddef.h>

struct import {
    const char *name;
    void *real; /* what it means to the program; NULL: nobody has it */
    void *ours;
};

/* In all objects but libc's own and ours, as far as that is not done already. */
void imports_replace(const struct import *imports, size_t count);
/* Objects came or went since, or were not ready. */
bool imports_are_new(void);

#endif
