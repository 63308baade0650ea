/* SPDX-License-Identifier: Apache-2.0
 *
 * nest.c: in the order of their ends, whatever lies inside a call stands right
 * before it.  So one pass with sizes finds what is inside, and which calls
 * begin together with the one that has nothing inside.
 *
 *     begins  a( b( ) c( d( ) ) )      index  b0 d1 c2 a3
 *     outer of b0 is a3, of d1 is c2;  inner of a3 is b0, of c2 is d1
 */
#define _GNU_SOURCE
#include "launcher/replay/nest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    FIRST_ROOM = 1 << 16,
    STEP = 1 << 20 /* calls that may be in memory beside the others */
};

int
nest_open(struct nest *nest)
{
    const char *folder = getenv("TMPDIR");
    char path[4096];
    *nest = (struct nest){.fd = -1};
    snprintf(path, sizeof path, "%s/codesnap-XXXXXX",
             folder && *folder ? folder : "/tmp");
    nest->fd = mkostemp(path, O_CLOEXEC);
    if (nest->fd >= 0)
        unlink(path);
    return nest->fd >= 0 ? 0 : -1;
}

void
nest_close(struct nest *nest)
{
    if (nest->calls)
        munmap(nest->calls, nest->room * sizeof *nest->calls);
    if (nest->fd >= 0)
        close(nest->fd);
}

/* Space is made before it is written: a full disk would be a SIGBUS. */
static int
grow(struct nest *nest)
{
    uint64_t room = nest->room ? nest->room * 2 : FIRST_ROOM;
    off_t bytes = (off_t)(room * sizeof *nest->calls);
    int cause = posix_fallocate(nest->fd, 0, bytes);
    if (cause != 0) {
        errno = cause;
        return -1;
    }
    void *calls = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
                       nest->fd, 0);
    if (calls == MAP_FAILED)
        return -1;
    if (nest->calls)
        munmap(nest->calls, nest->room * sizeof *nest->calls);
    nest->calls = calls;
    nest->room = room;
    return 0;
}

/* What was touched so far is in the file; it needs not be here, too. */
static void
let_go(const struct nest *nest, uint64_t at)
{
    if (at % STEP == 0 && at > 0)
        madvise(nest->calls, nest->room * sizeof *nest->calls, MADV_DONTNEED);
}

int
nest_add(struct nest *nest, uint64_t first, uint64_t start_ns, uint64_t end_ns,
         uint32_t what, uint32_t how)
{
    if (nest->count == nest->room && grow(nest) != 0)
        return -1;
    let_go(nest, nest->count);
    uint64_t index = nest->count++, below = index, leaf = index;
    struct nest_call *calls = nest->calls;
    struct nest_call *call = &calls[index];
    *call = (struct nest_call){.start_ns = start_ns,
                               .end_ns = end_ns,
                               .inner = index,
                               .what = what,
                               .how = how};
    while (below > first && calls[below - 1].start_ns >= start_ns) {
        call->inner = below - 1;
        below -= calls[below - 1].size;
        leaf = below;
    }
    call->size = index - below + 1;
    calls[leaf].outer = index;
    return 0;
}

int
nest_tell(const struct nest *nest, uint64_t first, uint64_t end,
          int (*open)(void *context, const struct nest_call *call),
          int (*close)(void *context, const struct nest_call *call),
          void *context)
{
    const struct nest_call *calls = nest->calls;
    int result = 0;
    for (uint64_t i = first; i < end && result == 0; i++) {
        let_go(nest, i);
        uint64_t at = calls[i].size == 1 ? calls[i].outer : i;
        if (calls[i].size == 1)
            for (;; at = calls[at].inner) {
                result = open(context, &calls[at]);
                if (at == i || result != 0)
                    break;
            }
        if (result == 0)
            result = close(context, &calls[i]);
    }
    return result;
}
