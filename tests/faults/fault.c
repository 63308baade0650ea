/* SPDX-License-Identifier: Apache-2.0
 *
 * fault.c: a library to be preloaded with the agent.  The FAULT_AT-th call that
 * the agent, or the library that FAULT_OF names, makes of libc fails with errno
 * FAULT_ERRNO (ENOMEM), and with FAULT_ON=1 all later ones do.  Calls of anybody
 * else's pass.  What was made to fail is appended to FAULT_LOG, a line each, so
 * that whoever counts up knows when there is nothing left to fail.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#define EXPORTED __attribute__((visibility("default"), used))
#define AGENT    "libcodesnap_agent.so"

/* glibc's own names of its allocator: dlsym itself allocates. */
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *old, size_t bytes);

static struct {
    uintptr_t low, high; /* of whom they fail */
    long at, calls;
    int error;
    bool known, on, guard;
    const char *log;
} fault;

static int
find_object(struct dl_phdr_info *object, size_t bytes, void *name)
{
    (void)bytes;
    if (!strstr(object->dlpi_name, name))
        return 0;
    fault.low = object->dlpi_addr;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        uintptr_t end = object->dlpi_addr + part->p_vaddr + part->p_memsz;
        if (part->p_type == PT_LOAD && end > fault.high)
            fault.high = end;
    }
    return 1;
}

static long
number(const char *name, long otherwise)
{
    const char *text = getenv(name);
    return text ? strtol(text, NULL, 10) : otherwise;
}

static void
look(void)
{
    fault.known = true;
    fault.at = number("FAULT_AT", 0);
    fault.error = (int)number("FAULT_ERRNO", ENOMEM);
    fault.on = number("FAULT_ON", 0) != 0;
    fault.log = getenv("FAULT_LOG");
    fault.guard = number("FAULT_GUARD", 0) != 0;
    const char *name = getenv("FAULT_OF");
    if (fault.at || fault.guard)
        dl_iterate_phdr(find_object, (void *)(name ? name : AGENT));
}

/* Past libc: what it calls would come here. */
static void
tell(const char *name)
{
    char line[64];
    int length = snprintf(line, sizeof line, "%s %ld\n", name, fault.calls);
    long fd = syscall(SYS_open, fault.log, O_WRONLY | O_CREAT | O_APPEND, 0666);
    syscall(SYS_write, fd, line, length);
    syscall(SYS_close, fd);
}

static bool
is_theirs(const void *caller)
{
    if (!fault.known)
        look();
    uintptr_t at = (uintptr_t)caller;
    return at >= fault.low && at < fault.high;
}

static bool
fails(const void *caller, const char *name)
{
    if (!is_theirs(caller))
        return false;
    long call = __atomic_add_fetch(&fault.calls, 1, __ATOMIC_RELAXED);
    if (fault.on ? call < fault.at : call != fault.at)
        return false;
    if (fault.log)
        tell(name);
    errno = fault.error;
    return true;
}

#define FAILS(name) fails(__builtin_return_address(0), #name)

/* The real function: looked up once. */
#define REAL(name)                 \
    static __typeof__(name) *real; \
    if (!real)                     \
    *(void **)&real = dlsym(RTLD_NEXT, #name)

int __register_atfork(void (*prepare)(void), void (*parent)(void),
                      void (*child)(void), void *dso);

#define FAULT(result, name, parameters, arguments, failure) \
    EXPORTED result name parameters                         \
    {                                                       \
        REAL(name);                                         \
        return FAILS(name) ? (failure) : real arguments;    \
    }
#include "tests/faults/faults.def"
#undef FAULT

/* Those that take what they take. */

#define GUARDED() (is_theirs(__builtin_return_address(0)) && fault.guard)
#define GUARD_BYTES 4096

/* The last page of it. */
static void *
guard(void *map, size_t bytes)
{
    if (map != MAP_FAILED)
        mprotect((char *)map + bytes, GUARD_BYTES, PROT_NONE);
    return map;
}

EXPORTED void *
mmap(void *at, size_t bytes, int protection, int flags, int fd, off_t offset)
{
    REAL(mmap);
    if (FAILS(mmap))
        return MAP_FAILED;
    if (GUARDED() && !at)
        return guard(real(at, bytes + GUARD_BYTES, protection, flags, fd, offset), bytes);
    return real(at, bytes, protection, flags, fd, offset);
}

EXPORTED void *
mremap(void *old, size_t old_bytes, size_t bytes, int flags, ...)
{
    REAL(mremap);
    if (FAILS(mremap))
        return MAP_FAILED;
    if (GUARDED() && old_bytes == 0)
        return guard(real(old, 0, bytes + GUARD_BYTES, flags), bytes);
    return real(old, old_bytes, bytes, flags);
}

EXPORTED int
open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    REAL(open);
    return FAILS(open) ? -1 : real(path, flags, mode);
}

EXPORTED int
prctl(int option, ...)
{
    unsigned long words[4];
    va_list rest;
    va_start(rest, option);
    for (int i = 0; i < 4; i++)
        words[i] = va_arg(rest, unsigned long);
    va_end(rest);
    REAL(prctl);
    return FAILS(prctl) ? -1
                        : real(option, words[0], words[1], words[2], words[3]);
}

EXPORTED void *
malloc(size_t bytes)
{
    return FAILS(malloc) ? NULL : __libc_malloc(bytes);
}

EXPORTED void *
calloc(size_t count, size_t bytes)
{
    return FAILS(calloc) ? NULL : __libc_calloc(count, bytes);
}

EXPORTED void *
realloc(void *old, size_t bytes)
{
    return FAILS(realloc) ? NULL : __libc_realloc(old, bytes);
}
