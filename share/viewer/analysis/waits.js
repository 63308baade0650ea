// SPDX-License-Identifier: Apache-2.0
//
// waits.js: C functions of the standard library that wait: for a time, a lock, a
// thread, a process or data.  What they take is mostly not the program's work,
// so long ones among them may be no trouble at all.  Whether one waited or had
// its answer at once only its duration tells.  No DOM.
"use strict";

const waits = (() => {
  const WHY = "It waits: for a time, a lock, a thread, a process or data";
  const BY_OWNER = {
    time: "sleep",
    lock: "acquire __enter__",
    RLock: "acquire __enter__ _acquire_restore",
    SemLock: "acquire __enter__",
    _ThreadHandle: "join",
    SimpleQueue: "get",
    _queue: "get",
    select: "select",
    poll: "poll",
    epoll: "poll",
    socket: "accept _accept connect connect_ex recv recv_into recvfrom recvfrom_into recvmsg recvmsg_into send sendall sendmsg sendto",
    _SSLSocket: "do_handshake read shutdown write",
    posix: "read wait wait3 wait4 waitid waitpid",
    signal: "pause sigtimedwait sigwait sigwaitinfo",
    fcntl: "flock lockf",
    builtins: "input",
  };
  const KNOWN = new Set(Object.entries(BY_OWNER).flatMap(([owner, list]) => list.split(" ").map((name) => owner + "." + name)));

  // Whether a function is one of them; its name may have a package before it.
  function isOne(names, number) {
    return names.kind[number] === Names.C && KNOWN.has(names.short[number].split(".").slice(-2).join("."));
  }

  // 1 for each function that is one.
  function of(names) {
    return names.kind.map((kind, number) => (kind === Names.C && isOne(names, number) ? 1 : 0));
  }

  return { WHY, isOne, of };
})();
