// SPDX-License-Identifier: Apache-2.0
//
// waits.js: functions that wait: for a time, a lock, a thread, a process or data.
// What they take is mostly not the program's work, so long ones among them may be
// no trouble at all.  Whether one waited or had its answer at once only its
// duration tells.  Here alone they are known.  No DOM.
"use strict";

const waits = (() => {
  const WHY = "It waits: for a time, a lock, a thread, a process or data";
  // C functions, by type or module and name.
  const BY_OWNER = {
    // for a time
    time: "sleep",
    _curses: "napms",
    // for a lock
    lock: "acquire acquire_lock __enter__",
    RLock: "acquire __enter__ _acquire_restore",
    SemLock: "acquire __enter__",
    fcntl: "flock lockf",
    // for a thread or a greenlet
    _ThreadHandle: "join",
    SimpleQueue: "get",
    _queue: "get",
    greenlet: "switch throw",
    // for a process or a signal
    _signal: "pause sigtimedwait sigwait sigwaitinfo",
    signal: "pause sigtimedwait sigwait sigwaitinfo",
    // for data, or a process, or for whom it writes to
    posix: "eventfd_read fdatasync fsync lockf pread preadv read readv sendfile splice sync system wait wait3 wait4 waitid waitpid",
    select: "select",
    poll: "poll",
    epoll: "poll",
    devpoll: "poll",
    kqueue: "control",
    socket: "accept _accept connect connect_ex recv recv_into recvfrom recvfrom_into recvmsg recvmsg_into send sendall sendmsg sendto",
    _socket: "getaddrinfo gethostbyaddr gethostbyname gethostbyname_ex getnameinfo",
    _SSLSocket: "do_handshake read shutdown write",
    FileIO: "read readall readinto",
    BufferedReader: "peek read read1 readinto readinto1 readline",
    TextIOWrapper: "read readline",
    builtins: "input",
    termios: "tcdrain",
    window: "get_wch getch getkey getstr",
  };
  // Those in Python that hide what waits from us, which is neither Python nor C.
  const IN_PYTHON = { "gevent.hub": "sleep idle" };
  const [KNOWN, KNOWN_IN_PYTHON] = [BY_OWNER, IN_PYTHON].map((table) => new Set(Object.entries(table).flatMap(([owner, list]) => list.split(" ").map((name) => owner + "." + name))));

  // Whether a function is one of them; the name of a C one may have a package before it.
  function isOne(names, number) {
    if (names.kind[number] === Names.PYTHON) return KNOWN_IN_PYTHON.has(names.moduleName[number] + "." + names.short[number]);
    return names.kind[number] === Names.C && KNOWN.has(names.short[number].split(".").slice(-2).join("."));
  }

  // 1 for each function that is one.
  function of(names) {
    return names.kind.map((_, number) => (isOne(names, number) ? 1 : 0));
  }

  // The calls of them, without those inside another one (hits.js).
  function calls({ names, paths }) {
    const wanted = of(names);
    const known = new Map([[0, false]]); // whether what is below a path is inside one
    const isWithin = (node) => {
      if (!known.has(node)) known.set(node, wanted[paths.function[node]] === 1 || isWithin(paths.parent[node]));
      return known.get(node);
    };
    return new Hits(wanted, { isOfCalls: true, takesTrack: () => true, takes: (level, i) => !isWithin(paths.parent[level.node[i]]) });
  }

  return { WHY, isOne, of, calls };
})();
