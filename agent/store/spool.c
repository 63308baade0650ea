/* SPDX-License-Identifier: Apache-2.0
 *
 * spool.c: the file, its windows and the securing of its space.
 *
 * mremap with an old size of 0 duplicates a shared mapping, and the copy may be
 * longer than the original: that is how later windows are made without a
 * descriptor or a path, after the host closed every fd, changed its root or its
 * user.  The anchor is one page of the file that stays mapped for it; it moves
 * with the frontier, so that the copy never spans much more than the new piece.
 */
#include "agent/store/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "agent/base/lock.h"
#include "agent/base/process.h"
#include "agent/store/ring.h"
#include "formats/spool/clock.h"

#ifndef MADV_POPULATE_WRITE
#    define MADV_POPULATE_WRITE 23
#endif

#define PATH_ROOM      4096
#define SPARSE_BYTES   (1ull << 40)
#define SMALLEST_BYTES (128u << 10)

enum spool_clock_kind spool_clock_kind = SPOOL_MONOTONIC_NS;

/* One per process.  lock guards anchor and anchor_offset; header is shared with
 * other processes, its counters are atomic. */
static struct {
    struct lock lock;
    struct spool_header *header;
    char *anchor;
    uint64_t anchor_offset;
    uint64_t limit_bytes;
    uint32_t page_bytes, header_bytes;
    bool populate_unsupported;
    bool (*may_take)(uint32_t bytes);
} spool;

bool
spool_is_open(void)
{
    return spool.header != NULL;
}

uint32_t
spool_page_bytes(void)
{
    return spool.page_bytes;
}

/* Distinct for each image: pids are reused, and the folder may be old. */
static uint64_t
random_word(void)
{
    uint64_t seed = clock_nanoseconds(CLOCK_REALTIME), random = 0;
    const char *kernel = (const char *)getauxval(AT_RANDOM); /* 16 bytes */
    if (kernel)
        memcpy(&random, kernel + sizeof random, sizeof random);
    seed ^= random;
    return seed * 0x9e3779b97f4a7c15ull;
}

static int
open_file(const char *directory, char path[PATH_ROOM])
{
    int length = snprintf(path, PATH_ROOM, "%s/%d-%08x" SPOOL_SUFFIX, directory,
                          (int)getpid(), (unsigned)(random_word() >> 32));
    if (length < 0 || length >= PATH_ROOM) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* The largest sparse size that limits and file system take; growing past
 * RLIMIT_FSIZE would be a SIGXFSZ in the host. */
static uint64_t
make_sparse(int fd)
{
    struct rlimit limit;
    uint64_t bytes = SPARSE_BYTES;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < bytes)
        bytes = limit.rlim_cur;
    bytes &= ~(uint64_t)(spool.page_bytes - 1);
    errno = EFBIG;
    for (; bytes >= SMALLEST_BYTES; bytes >>= 1)
        if (ftruncate(fd, (off_t)bytes) == 0)
            return bytes;
    return 0;
}

static void
read_boot_id(char *text, size_t bytes)
{
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    ssize_t got = read(fd, text, bytes - 1);
    close(fd);
    while (got > 0 && text[got - 1] == '\n')
        text[--got] = 0;
}

static void
fill_header(struct spool_header *header)
{
    struct utsname system;
    header->version = SPOOL_VERSION;
    header->header_bytes = SPOOL_HEADER_BYTES;
    header->features = SPOOL_CONTROL;
    header->page_bytes = spool.page_bytes;
    header->clock_kind = spool_clock_kind;
    header->allocated = spool.header_bytes;
    header->header_bytes = spool.header_bytes;
    header->next_track = 1;
    header->clock = clock_read(spool_clock_kind);
    read_boot_id(header->boot_id, sizeof header->boot_id);
    if (uname(&system) == 0)
        snprintf(header->host, sizeof header->host, "%s", system.nodename);
}

/* Its page, and of a ring the words of the slots. */
static uint32_t
count_header_bytes(void)
{
    return ring_is_asked() ? ring_header_bytes(spool.page_bytes)
                           : spool.page_bytes;
}

static uint32_t
count_first_bytes(void)
{
    return ring_is_asked() ? ring_first_bytes(spool.page_bytes)
                           : spool.page_bytes;
}

/* The header, with real blocks behind it; NULL if it can't be had. */
static struct spool_header *
map_header(int fd)
{
    void *map = mmap(NULL, spool.header_bytes, PROT_READ | PROT_WRITE,
                     MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        return NULL;
    /* Else the first fault reads ahead as much as the disk likes, which over a
     * hole means making pages: milliseconds.  Copies by mremap inherit it. */
    madvise(map, spool.page_bytes, MADV_RANDOM);
    spool.anchor = MAP_FAILED;
    if (spool_secure(map, count_first_bytes()) == 0)
        spool.anchor = mremap(map, 0, spool.page_bytes, MREMAP_MAYMOVE);
    if (spool.anchor != MAP_FAILED)
        return map;
    munmap(map, spool.header_bytes);
    return NULL;
}

/* That process records no more, because of that errno.  The first one of the file
 * is kept, where it was secured long before. */
static void
tell_stop(uint32_t pid, int cause)
{
    struct spool_header *header = spool.header;
    uint64_t none = 0, now = clock_nanoseconds(CLOCK_MONOTONIC);
    if (!header ||
        !__atomic_compare_exchange_n(&header->stopped_ns, &none, now, false,
                                     __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        return;
    header->stopped_cause = (uint32_t)cause;
    __atomic_store_n(&header->stopped_pid, pid, __ATOMIC_RELEASE);
}

int
spool_create(const char *directory)
{
    char path[PATH_ROOM];
    spool.page_bytes = (uint32_t)sysconf(_SC_PAGESIZE);
    spool_clock_kind = clock_detect();
    int fd = open_file(directory, path);
    if (fd < 0)
        return -1;
    spool.header_bytes = count_header_bytes();
    spool.limit_bytes = make_sparse(fd);
    struct spool_header *header = spool.limit_bytes ? map_header(fd) : NULL;
    int cause = errno;
    close(fd);
    if (!header) {
        unlink(path);
        errno = cause;
        return -1;
    }
    fill_header(header);
    spool.anchor_offset = 0;
    spool.header = header;
    if (ring_is_asked())
        ring_begin(header, spool_secure);
    __atomic_thread_fence(__ATOMIC_RELEASE);
    memcpy(header->magic, SPOOL_MAGIC, sizeof header->magic);
    process_on_break(tell_stop);
    return 0;
}

void
spool_close(void)
{
    ring_end();
    munmap(spool.anchor, spool.page_bytes);
    munmap(spool.header, spool.header_bytes);
    spool.header = NULL;
}

uint64_t
spool_allocated(void)
{
    return __atomic_load_n(&spool.header->allocated, __ATOMIC_RELAXED);
}

void
spool_ask_before(bool (*may_take)(uint32_t bytes))
{
    spool.may_take = may_take;
}

uint64_t
spool_new_track(void)
{
    return __atomic_fetch_add(&spool.header->next_track, 1, __ATOMIC_RELAXED);
}

/* A copy of the anchor's mapping that covers [offset, offset + bytes). */
static char *
map_at(uint64_t offset, uint32_t bytes)
{
    uint64_t lead = offset - spool.anchor_offset;
    char *map = mremap(spool.anchor, 0, lead + bytes, MREMAP_MAYMOVE);
    if (map == MAP_FAILED)
        return NULL;
    if (lead)
        munmap(map, lead);
    return map + lead;
}

static void
move_anchor(char *address, uint64_t offset)
{
    char *anchor = mremap(address, 0, spool.page_bytes, MREMAP_MAYMOVE);
    if (anchor == MAP_FAILED)
        return;
    munmap(spool.anchor, spool.page_bytes);
    spool.anchor = anchor;
    spool.anchor_offset = offset;
}

/* Whatever was in a slot is made no chunk first, and then zero: a reader that looks
 * at a header again behind the data sees that it is gone. */
static void
clean(char *address)
{
    for (uint32_t at = 0; at < SPOOL_SLOT_BYTES; at += spool.page_bytes)
        __atomic_store_n((uint64_t *)(void *)(address + at), 0,
                         __ATOMIC_RELEASE);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    memset(address, 0, SPOOL_SLOT_BYTES);
}

/* The header is the anchor of a ring, which is never large. */
static int
take_slot(struct piece *piece)
{
    bool used = false;
    uint64_t offset = ring_take(&used);
    *piece = (struct piece){NULL, offset, SPOOL_SLOT_BYTES};
    if (!offset)
        return -1;
    char *map =
        mremap(spool.header, 0, offset + SPOOL_SLOT_BYTES, MREMAP_MAYMOVE);
    if (map == MAP_FAILED)
        return -1;
    munmap(map, offset);
    piece->address = map + offset;
    if (spool_secure(piece->address, SPOOL_SLOT_BYTES) < 0)
        return -1;
    if (used)
        clean(piece->address);
    return 0;
}

int
spool_take(struct piece *piece, uint32_t bytes)
{
    if (ring_is_on())
        return take_slot(piece);
    if (spool.may_take && !spool.may_take(bytes)) {
        *piece = (struct piece){0};
        errno = E2BIG;
        return -1;
    }
    lock_acquire(&spool.lock);
    uint64_t offset =
        __atomic_fetch_add(&spool.header->allocated, bytes, __ATOMIC_RELAXED);
    char *address =
        offset + bytes <= spool.limit_bytes ? map_at(offset, bytes) : NULL;
    if (address)
        move_anchor(address, offset);
    else if (offset + bytes > spool.limit_bytes)
        errno = EFBIG;
    lock_release(&spool.lock);
    *piece = (struct piece){address, offset, bytes};
    return address ? 0 : -1;
}

/* Before Linux 5.14 there is no MADV_POPULATE_WRITE: let the kernel itself
 * store a zero into each page, which fails where our store would be a SIGBUS. */
static int
touch_pages(char *from, size_t bytes)
{
    for (size_t at = 0; at < bytes; at += spool.page_bytes) {
        if (syscall(SYS_prctl, PR_GET_PDEATHSIG, from + at, 0, 0, 0) != 0)
            return -1;
        *(volatile int *)(from + at) = 0;
    }
    return 0;
}

static int
populate(char *from, size_t bytes)
{
    int result;
    do
        result = madvise(from, bytes, MADV_POPULATE_WRITE);
    while (result < 0 && (errno == EINTR || errno == EAGAIN));
    return result;
}

/* An old kernel does not know it, a filter of system calls may forbid it. */
static bool
is_unknown(int cause)
{
    return cause == EINVAL || cause == ENOSYS || cause == EPERM ||
           cause == EACCES;
}

int
spool_secure(char *from, size_t bytes)
{
    if (!spool.populate_unsupported) {
        if (populate(from, bytes) == 0)
            return 0;
        if (!is_unknown(errno))
            return -1;
        spool.populate_unsupported = true;
    }
    return touch_pages(from, bytes);
}

void
spool_expect(const struct piece *piece)
{
    madvise(piece->address, piece->bytes, MADV_WILLNEED);
}

void
spool_release(struct piece *piece)
{
    if (piece->address)
        munmap(piece->address, piece->bytes);
    piece->address = NULL;
}

struct spool_chunk *
spool_begin_chunk(const struct piece *piece, const struct spool_chunk *head)
{
    struct spool_chunk *chunk = (struct spool_chunk *)piece->address;
    struct spool_chunk fresh = *head;
    fresh.magic = 0;
    *chunk = fresh;
    chunk->offset = piece->offset;
    chunk->size_bytes = piece->bytes;
    chunk->clock = clock_read(spool_clock_kind);
    __atomic_store_n(&chunk->magic, SPOOL_CHUNK_MAGIC, __ATOMIC_RELEASE);
    return chunk;
}
