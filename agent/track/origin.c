/* SPDX-License-Identifier: Apache-2.0
 *
 * origin.c: "CODESNAP_ORIGIN=pid:start_ns:tid:ticks".
 *
 * exec and spawn get it in a copy of the environment.  What system() and
 * popen() start gets the process's own, so that has an entry whose text is
 * ours to change: two threads that do this at once may be taken for each
 * other, which costs nothing but an arrow from the wrong one.
 */
#include "agent/track/origin.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/base/process.h"
#include "agent/track/thread.h"
#include "formats/spool/clock.h"

static struct {
    bool offered;
    char text[ORIGIN_BYTES];
} own;

/* == TEXT ================================================================= */

static char *
put_number(char *to, uint64_t number, char end)
{
    char digits[20];
    int count = 0;
    do
        digits[count++] = (char)('0' + number % 10);
    while (number /= 10);
    while (count)
        *to++ = digits[--count];
    *to = end;
    return to + 1;
}

void
origin_write(char *to, const struct spool_meta_origin *origin)
{
    memcpy(to, ORIGIN_VARIABLE, sizeof ORIGIN_VARIABLE - 1);
    to = put_number(to + sizeof ORIGIN_VARIABLE - 1, origin->pid, ':');
    to = put_number(to, origin->start_ns, ':');
    to = put_number(to, origin->tid, ':');
    put_number(to, origin->ticks, 0);
}

/* A number and what must follow it; NULL if it is none. */
static const char *
read_number(const char *text, uint64_t *number, char end)
{
    const char *at = text;
    for (*number = 0; at && *at >= '0' && *at <= '9'; at++)
        *number = *number * 10 + (uint64_t)(*at - '0');
    return at && at != text && *at == end ? at + 1 : NULL;
}

static bool
read_text(const char *text, struct spool_meta_origin *origin)
{
    uint64_t pid, tid;
    text = read_number(text, &pid, ':');
    text = read_number(text, &origin->start_ns, ':');
    text = read_number(text, &tid, ':');
    text = read_number(text, &origin->ticks, 0);
    origin->pid = (uint32_t)pid;
    origin->tid = (uint32_t)tid;
    return text != NULL;
}

bool
origin_take(struct spool_meta_origin *origin)
{
    const size_t length = sizeof ORIGIN_VARIABLE - 1;
    bool known = false;
    char **to = environ;
    *origin = (struct spool_meta_origin){.meta.type = SPOOL_META_ORIGIN};
    for (char **from = environ; from && *from; from++) {
        if (strncmp(*from, ORIGIN_VARIABLE, length) == 0)
            known = read_text(*from + length, origin);
        else
            *to++ = *from;
    }
    if (to)
        *to = NULL;
    return known;
}

/* == HERE ================================================================= */

struct spool_meta_origin
origin_here(void)
{
    struct spool_meta_origin origin = {.meta.type = SPOOL_META_ORIGIN,
                                       .pid = process.pid,
                                       .start_ns = process.start_ns};
    if (!thread_own)
        return origin;
    origin.tid = thread_own->tid;
    origin.ticks = process_is_new() ? thread_own->fork_ticks
                                    : clock_ticks(spool_clock_kind);
    return origin;
}

void
origin_renew(void)
{
    struct spool_meta_origin origin = {.pid = process.pid,
                                       .start_ns = process.start_ns};
    if (own.offered)
        origin_write(own.text, &origin);
}

void
origin_offer(void)
{
    own.offered = true;
    origin_renew();
    putenv(own.text);
}

void
origin_begin(void)
{
    struct spool_meta_origin origin = origin_here();
    if (own.offered)
        origin_write(own.text, &origin);
}

void
origin_end(void)
{
    origin_renew();
}
