/* SPDX-License-Identifier: Apache-2.0
 *
 * reorder.c: in the order of their ends, whatever lies inside a call stands
 * right before it.  So one pass with sizes finds what is inside, and which calls
 * begin together with the one that has nothing inside.
 *
 *     starts  a( b( ) c( d( ) ) )      index  b0 d1 c2 a3
 *     outer of b0 is a3, of d1 is c2;  inner of a3 is b0, of c2 is d1
 */
#define _GNU_SOURCE
#include "launcher/replay/reorder.h"

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
reorder_open(struct reorder *reorder)
{
    const char *folder = getenv("TMPDIR");
    char path[4096];
    *reorder = (struct reorder){.fd = -1};
    snprintf(path, sizeof path, "%s/codesnap-XXXXXX",
             folder && *folder ? folder : "/tmp");
    reorder->fd = mkostemp(path, O_CLOEXEC);
    if (reorder->fd >= 0)
        unlink(path);
    return reorder->fd >= 0 ? 0 : -1;
}

void
reorder_close(struct reorder *reorder)
{
    if (reorder->calls)
        munmap(reorder->calls, reorder->room * sizeof *reorder->calls);
    if (reorder->fd >= 0)
        close(reorder->fd);
}

/* Space is made before it is written: a full disk would be a SIGBUS. */
static int
grow(struct reorder *reorder)
{
    uint64_t room = reorder->room ? reorder->room * 2 : FIRST_ROOM;
    off_t bytes = (off_t)(room * sizeof *reorder->calls);
    int cause = posix_fallocate(reorder->fd, 0, bytes);
    if (cause != 0) {
        errno = cause;
        return -1;
    }
    void *calls = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
                       reorder->fd, 0);
    if (calls == MAP_FAILED)
        return -1;
    if (reorder->calls)
        munmap(reorder->calls, reorder->room * sizeof *reorder->calls);
    reorder->calls = calls;
    reorder->room = room;
    return 0;
}

/* What was touched so far is in the file; it needs not be here, too. */
static void
let_go(const struct reorder *reorder, uint64_t at)
{
    if (at % STEP == 0 && at > 0)
        madvise(reorder->calls, reorder->room * sizeof *reorder->calls,
                MADV_DONTNEED);
}

int
reorder_add(struct reorder *reorder, uint64_t first, uint64_t start_ns,
            uint64_t end_ns, uint32_t what, uint32_t how)
{
    if (reorder->count == reorder->room && grow(reorder) != 0)
        return -1;
    let_go(reorder, reorder->count);
    uint64_t index = reorder->count++, below = index, leaf = index;
    struct reorder_call *calls = reorder->calls;
    struct reorder_call *call = &calls[index];
    *call = (struct reorder_call){.start_ns = start_ns,
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
reorder_visit(const struct reorder *reorder, uint64_t first, uint64_t end,
              int (*open)(void *context, const struct reorder_call *call),
              int (*close)(void *context, const struct reorder_call *call),
              void *context)
{
    const struct reorder_call *calls = reorder->calls;
    int result = 0;
    for (uint64_t i = first; i < end && result == 0; i++) {
        let_go(reorder, i);
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
