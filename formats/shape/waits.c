/* SPDX-License-Identifier: Apache-2.0
 *
 * waits.c: see waits.h.
 */
#include "formats/shape/waits.h"

#include <string.h>

#include "formats/base/text.h"

/* The last two parts of a name, in the order of waits.js. */
static const char *const known[] = {
    "time.sleep",
    "lock.acquire",
    "lock.__enter__",
    "RLock.acquire",
    "RLock.__enter__",
    "RLock._acquire_restore",
    "SemLock.acquire",
    "SemLock.__enter__",
    "_ThreadHandle.join",
    "SimpleQueue.get",
    "_queue.get",
    "select.select",
    "poll.poll",
    "epoll.poll",
    "socket.accept",
    "socket._accept",
    "socket.connect",
    "socket.connect_ex",
    "socket.recv",
    "socket.recv_into",
    "socket.recvfrom",
    "socket.recvfrom_into",
    "socket.recvmsg",
    "socket.recvmsg_into",
    "socket.send",
    "socket.sendall",
    "socket.sendmsg",
    "socket.sendto",
    "_SSLSocket.do_handshake",
    "_SSLSocket.read",
    "_SSLSocket.shutdown",
    "_SSLSocket.write",
    "posix.read",
    "posix.wait",
    "posix.wait3",
    "posix.wait4",
    "posix.waitid",
    "posix.waitpid",
    "signal.pause",
    "signal.sigtimedwait",
    "signal.sigwait",
    "signal.sigwaitinfo",
    "fcntl.flock",
    "fcntl.lockf",
    "builtins.input",
};

/* "thread.lock.acquire" is "lock.acquire". */
static bool
fits(const char *name, const char *row)
{
    size_t length = strlen(name), most = strlen(row);
    return text_ends_with(name, row) &&
           (length == most || name[length - most - 1] == '.');
}

bool
waits_is_one(const struct function *function)
{
    if (function->kind != FUNCTION_C)
        return false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (fits(function->name, known[i]))
            return true;
    return false;
}
