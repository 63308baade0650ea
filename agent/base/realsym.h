/* SPDX-License-Identifier: Apache-2.0
 *
 * realsym.h: the function of a name that the program would call if the agent were
 * not there.
 */
#ifndef CODESNAP_REALSYM_H
#define CODESNAP_REALSYM_H

/* In the objects that were loaded behind this one; NULL if none has it.  Not
 * for signal handlers. */
void *realsym_find(const char *name);
/* The same without dlsym, which a program may lack before glibc 2.34.  While
 * nothing is loaded or unloaded: in a constructor, or before. */
void *realsym_search(const char *name);
/* That dlsym; NULL where the program lacks it, too. */
void *realsym_dlsym(void *handle, const char *name);

#endif
