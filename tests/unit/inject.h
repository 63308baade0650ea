/* SPDX-License-Identifier: Apache-2.0
 *
 * inject.h: makes the n-th call of libc fail that a unit makes, for n from 1 on,
 * until there is none left.  The linker leads the calls here (--wrap, in the
 * Makefile), libc's own and the tests' before inject_each pass.
 */
#ifndef CODESNAP_INJECT_H
#define CODESNAP_INJECT_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "tests/unit/tap.h"

static struct {
    long at, calls; /* at 0: none fails */
    const char *name;
} inject;

static inline bool
inject_fails(const char *name)
{
    if (inject.at == 0 || ++inject.calls != inject.at)
        return false;
    inject.name = name;
    errno = ENOMEM;
    return true;
}

/* What a test does itself lies between these: no call of it fails. */
static inline long
inject_pause(void)
{
    long at = inject.at;
    inject.at = 0;
    return at;
}

static inline void
inject_go_on(long at)
{
    inject.at = at;
}

/* == IN FRONT OF LIBC ======================================================= */

#define FAULT(result, name, parameters, arguments, failure)               \
    result __real_##name parameters;                                      \
    result __wrap_##name parameters;                                      \
    result __wrap_##name parameters                                       \
    {                                                                     \
        return inject_fails(#name) ? (failure) : __real_##name arguments; \
    }
#include "tests/faults/faults.def"
#include "tests/unit/inject.def"
#undef FAULT

/* Those that take what they take. */

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int
__wrap_open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return inject_fails("open") ? -1 : __real_open(path, flags, mode);
}

void *__real_mremap(void *old, size_t old_bytes, size_t bytes, int flags, ...);
void *__wrap_mremap(void *old, size_t old_bytes, size_t bytes, int flags, ...);
void *
__wrap_mremap(void *old, size_t old_bytes, size_t bytes, int flags, ...)
{
    return inject_fails("mremap") ? MAP_FAILED
                                  : __real_mremap(old, old_bytes, bytes, flags);
}

int __wrap_asprintf(char **text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int
__wrap_asprintf(char **text, const char *format, ...)
{
    va_list rest;
    va_start(rest, format);
    int count = inject_fails("asprintf") ? -1 : vasprintf(text, format, rest);
    va_end(rest);
    return count;
}

/* == EACH IN TURN =========================================================== */

static inline int
inject_descriptors(void)
{
    int count = 0;
    DIR *folder = __real_opendir("/proc/self/fd");
    while (folder && readdir(folder))
        count++;
    if (folder)
        closedir(folder);
    return count;
}

enum inject_outcome {
    INJECT_WHOLE, /* as if nothing had failed */
    INJECT_TOLD,  /* it failed, said so, and left nothing behind */
    INJECT_WRONG
};

/* Try it with nothing failing, and then with each call. */
static inline void
inject_each(const char *name, enum inject_outcome (*try)(void))
{
    unsigned wrong = 0;
    int descriptors = inject_descriptors();
    enum inject_outcome outcome = try();
    tap_ok(outcome == INJECT_WHOLE, name);
    for (inject.at = 1, inject.name = ""; inject.name; inject.at++) {
        inject.calls = 0;
        inject.name = NULL;
        outcome = try();
        if (outcome == INJECT_WRONG || inject_descriptors() != descriptors) {
            wrong++;
            printf("# call %ld (%s): %s\n", inject.at, inject.name,
                   outcome == INJECT_WRONG ? "wrong" : "a descriptor stays");
            descriptors = inject_descriptors();
        }
    }
    printf("# %ld calls\n", inject.at - 2);
    tap_ok(wrong == 0 && inject.at > 4, "  whichever call fails");
    inject.at = 0;
}

#endif
