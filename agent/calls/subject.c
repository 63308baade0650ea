/* SPDX-License-Identifier: Apache-2.0
 *
 * subject.c: see subject.h.
 */
#include "agent/calls/subject.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

union address {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    struct sockaddr_un un;
};

static struct phrase
begin(struct subject *subject)
{
    return phrase_begin(subject->text, sizeof subject->text);
}

/* A name of the abstract namespace begins with NUL, and need not end in one. */
static void
say_local(struct phrase *phrase, const struct sockaddr_un *address,
          socklen_t bytes)
{
    socklen_t head = offsetof(struct sockaddr_un, sun_path);
    int room = bytes > head ? (int)(bytes - head) : 0;
    if (room > 1 && !address->sun_path[0])
        phrase_add(phrase, "unix:@%.*s", room - 1, address->sun_path + 1);
    else if (room > 0)
        phrase_add(phrase, "unix:%.*s", room, address->sun_path);
}

void
subject_address(struct subject *subject, const struct sockaddr *address,
                socklen_t bytes)
{
    union address copy = {0};
    char host[INET6_ADDRSTRLEN] = "";
    struct phrase phrase = begin(subject);
    if (!address || bytes < sizeof address->sa_family)
        return;
    memcpy(&copy, address, bytes < sizeof copy ? bytes : sizeof copy);
    switch (copy.any.sa_family) {
    case AF_INET:
        inet_ntop(AF_INET, &copy.in.sin_addr, host, sizeof host);
        phrase_add(&phrase, "%s:%u", host, ntohs(copy.in.sin_port));
        break;
    case AF_INET6:
        inet_ntop(AF_INET6, &copy.in6.sin6_addr, host, sizeof host);
        phrase_add(&phrase, "[%s]:%u", host, ntohs(copy.in6.sin6_port));
        break;
    case AF_UNIX: say_local(&phrase, &copy.un, bytes); break;
    default: break;
    }
}

/* Who is at the other end; or, of who waits for others, where. */
static void
say_peer(struct subject *subject, int fd)
{
    union address address;
    struct subject peer = {""};
    socklen_t bytes = sizeof address;
    if (getpeername(fd, &address.any, &bytes) == 0)
        subject_address(&peer, &address.any, bytes);
    bytes = sizeof address;
    if (!peer.text[0] && getsockname(fd, &address.any, &bytes) == 0)
        subject_address(&peer, &address.any, bytes);
    if (peer.text[0])
        memcpy(subject->text, peer.text, sizeof peer.text);
}

void
subject_fd(struct subject *subject, int fd)
{
    char link[32];
    struct phrase phrase = phrase_begin(link, sizeof link);
    phrase_add(&phrase, "/proc/self/fd/%d", fd);
    ssize_t count = readlink(link, subject->text, sizeof subject->text - 1);
    subject->text[count > 0 ? count : 0] = '\0';
    if (count <= 0 || strncmp(subject->text, "socket:", 7) == 0)
        say_peer(subject, fd);
}

void
subject_path(struct subject *subject, const char *path)
{
    struct phrase phrase = begin(subject);
    if (path)
        phrase_add(&phrase, "%s", path);
}

void
subject_number(struct subject *subject, const char *format, long number)
{
    char text[32];
    struct phrase digits = phrase_begin(text, sizeof text);
    struct phrase phrase = begin(subject);
    phrase_add(&digits, "%ld", number);
    phrase_add(&phrase, "%s%s", format, text);
}
