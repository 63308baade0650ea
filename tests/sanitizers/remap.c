/* SPDX-License-Identifier: Apache-2.0
 *
 * remap.c: a library to be preloaded with the agent under valgrind, which knows no
 * mremap with an old size of 0 (a second mapping of the same pages): the file of
 * the first one is opened again by its name.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Where the pages at that address come from. */
static int
find_file(uintptr_t address, char path[4096], uint64_t *offset)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[5000];
    int found = 0;
    while (maps && !found && fgets(line, sizeof line, maps)) {
        uintptr_t start, end;
        found = sscanf(line, "%lx-%lx %*s %lx %*s %*s %4095[^\n]", &start, &end,
                       offset, path) == 4 &&
                address >= start && address < end;
        *offset += address - start;
    }
    if (maps)
        fclose(maps);
    return found;
}

static void *
map_again(void *address, size_t bytes)
{
    char path[4096];
    uint64_t offset;
    if (!find_file((uintptr_t)address, path, &offset))
        return MAP_FAILED;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    void *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
                     (off_t)offset);
    close(fd);
    return map;
}

__attribute__((visibility("default"))) void *
mremap(void *old, size_t old_bytes, size_t bytes, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    void *to = flags & MREMAP_FIXED ? va_arg(rest, void *) : NULL;
    va_end(rest);
    return old_bytes == 0
               ? map_again(old, bytes)
               : (void *)syscall(SYS_mremap, old, old_bytes, bytes, flags, to);
}
