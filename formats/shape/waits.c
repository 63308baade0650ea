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
    "_curses.napms",
    "lock.acquire",
    "lock.acquire_lock",
    "lock.__enter__",
    "RLock.acquire",
    "RLock.__enter__",
    "RLock._acquire_restore",
    "SemLock.acquire",
    "SemLock.__enter__",
    "fcntl.flock",
    "fcntl.lockf",
    "_ThreadHandle.join",
    "SimpleQueue.get",
    "_queue.get",
    "greenlet.switch",
    "greenlet.throw",
    "_signal.pause",
    "_signal.sigtimedwait",
    "_signal.sigwait",
    "_signal.sigwaitinfo",
    "signal.pause",
    "signal.sigtimedwait",
    "signal.sigwait",
    "signal.sigwaitinfo",
    "posix.eventfd_read",
    "posix.fdatasync",
    "posix.fsync",
    "posix.lockf",
    "posix.pread",
    "posix.preadv",
    "posix.read",
    "posix.readv",
    "posix.sendfile",
    "posix.splice",
    "posix.sync",
    "posix.system",
    "posix.wait",
    "posix.wait3",
    "posix.wait4",
    "posix.waitid",
    "posix.waitpid",
    "select.select",
    "poll.poll",
    "epoll.poll",
    "devpoll.poll",
    "kqueue.control",
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
    "_socket.getaddrinfo",
    "_socket.gethostbyaddr",
    "_socket.gethostbyname",
    "_socket.gethostbyname_ex",
    "_socket.getnameinfo",
    "_SSLSocket.do_handshake",
    "_SSLSocket.read",
    "_SSLSocket.shutdown",
    "_SSLSocket.write",
    "FileIO.read",
    "FileIO.readall",
    "FileIO.readinto",
    "BufferedReader.peek",
    "BufferedReader.read",
    "BufferedReader.read1",
    "BufferedReader.readinto",
    "BufferedReader.readinto1",
    "BufferedReader.readline",
    "TextIOWrapper.read",
    "TextIOWrapper.readline",
    "builtins.input",
    "termios.tcdrain",
    "window.get_wch",
    "window.getch",
    "window.getkey",
    "window.getstr",
};

/* "thread.lock.acquire" is "lock.acquire". */
static bool
fits(const char *name, const char *row)
{
    size_t length = strlen(name), most = strlen(row);
    return text_ends_with(name, row) &&
           (length == most || name[length - most - 1] == '.');
}

/* In Python, that hide what waits from us: it is neither Python nor C. */
static bool
is_known_in_python(const struct function *function)
{
    return strcmp(function->module, "gevent.hub") == 0 &&
           (strcmp(function->qualified_name, "sleep") == 0 ||
            strcmp(function->qualified_name, "idle") == 0);
}

bool
waits_is_one(const struct function *function)
{
    if (function->kind == FUNCTION_PYTHON)
        return is_known_in_python(function);
    if (function->kind != FUNCTION_C)
        return false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (fits(function->name, known[i]))
            return true;
    return false;
}
