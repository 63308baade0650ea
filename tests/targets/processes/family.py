"""Start one child in the way that the first argument names.

family.py WAY LEAF [PYTHON]"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

LEAF = sys.argv[2] if len(sys.argv) > 2 else ""
PY = sys.argv[3] if len(sys.argv) > 3 else sys.executable
COMMAND = [PY, LEAF, "3"]
LINE = " ".join(COMMAND)


def leaf():
    return len(sys.argv)


def way_run():
    subprocess.call(COMMAND)


def way_shell():
    subprocess.call(LINE, shell=True)


def way_and():
    subprocess.call("true && " + LINE + " || exit 5", shell=True)


def way_pipe():
    subprocess.call("echo x | %s | cat" % LINE, shell=True)


def way_env():
    subprocess.call(["env", "SOME=thing"] + COMMAND)


def way_timeout():
    subprocess.call(["timeout", "20"] + COMMAND)


def way_wrapper():
    with open("wrapper", "w") as file:
        file.write("#!/bin/sh\n# no exec\n%s\nexit $?\n" % LINE)
    os.chmod("wrapper", 0o755)
    subprocess.call(["./wrapper"])


def way_stdin():
    code = open(LEAF).read().replace("sys.argv[1]", "'3'")
    subprocess.Popen([PY, "-"], stdin=subprocess.PIPE).communicate(code.encode())


def way_isolated():
    subprocess.call([PY, "-I", "-S", "-E", LEAF, "3"])


def way_system():
    os.system("true; " + LINE)


def way_popen():
    os.popen(LINE).close()


def way_spawnv():
    os.spawnv(os.P_WAIT, PY, COMMAND)


def way_posix_spawn():
    os.waitpid(os.posix_spawn(PY, COMMAND, dict(os.environ)), 0)


def way_exec():
    os.execv(PY, COMMAND)


def way_clean():
    subprocess.call(COMMAND, env={})


def way_env_i():
    subprocess.call(["env", "-i"] + COMMAND)


def fork_and(end):
    pid = os.fork()
    if pid == 0:
        leaf()
        end()
        return
    os.waitpid(pid, 0)


def way_fork_return():
    fork_and(lambda: None)


def way_fork_exit():
    fork_and(lambda: os._exit(3))


def way_fork_kill():
    fork_and(lambda: os.kill(os.getpid(), signal.SIGKILL))


def way_fork_thread():
    thread = threading.Thread(target=way_fork_exit, name="forker")
    thread.start()
    thread.join()


def multiprocess(method):
    import multiprocessing

    context = multiprocessing.get_context(method)
    process = context.Process(target=leaf)
    process.start()
    process.join()


def way_mp_fork():
    multiprocess("fork")


def way_mp_spawn():
    multiprocess("spawn")


def way_mp_forkserver():
    multiprocess("forkserver")


def way_mp_pool():
    import multiprocessing

    with multiprocessing.get_context("fork").Pool(2) as pool:
        pool.map(abs, range(4))
        pool.close()
        pool.join()


def meet(folder, number):
    """Return when the other number is here, too: in another process."""
    open(os.path.join(folder, str(number)), "w").close()
    while len(os.listdir(folder)) < 2:
        time.sleep(0.01)


def way_executor():
    from concurrent.futures import ProcessPoolExecutor

    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(2) as pool:
        list(pool.map(meet, [folder] * 2, range(2)))


if __name__ == "__main__":
    globals()["way_" + sys.argv[1]]()
