/* SPDX-License-Identifier: Apache-2.0
 *
 * library.h: the Pythons of this process: linked with the executable, part of it,
 * or loaded at any time by dlopen, under whatever flags.  One lives at a time as
 * far as we are concerned; py has the functions of that one.
 */
#ifndef CODESNAP_LIBRARY_H
#define CODESNAP_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lay in wait in the one that ld.so has linked.  0; or -1 where there is none,
 * or none that we know. */
int library_await(void);
/* Code at that address starts, as far as libc can see: if it is a Python's, lay
 * in wait there.  Any thread. */
void library_look_at(const void *code);
/* The program looks a symbol up in what it has loaded: the same. */
void library_look_in(void *handle, const char *symbol);

/* Code of a living one has loaded the agent: py is to have its functions.  0, or
 * -1. */
int library_attach(const void *code);

/* From where to where the current one has that function; false if it is not
 * known. */
bool library_extent(const char *function, uintptr_t *begin, size_t *bytes);

#endif
