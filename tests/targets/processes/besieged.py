"""Lives under hardship: `besieged.py KIND`.  Says what happened, the same traced and
untraced; `step` is called in each."""

import os
import signal
import sys
import threading
import time
import warnings

# 3.12 warns of threads where it happens to see them.
warnings.simplefilter("ignore", DeprecationWarning)

try:
    import resource
except ImportError:
    resource = None


def step(i):
    return i + 1


def work(n):
    total = 0
    for i in range(n):
        total = step(total)
    return total


def in_thread(function, *arguments):
    thread = threading.Thread(target=function, args=arguments)
    thread.start()
    thread.join()


def small_stacks():
    for size in 32768, 65536, 131072:
        threading.stack_size(size)
        results = []
        for _ in range(20):
            in_thread(lambda: results.append(work(50)))
        print(size, sum(results))


def down(n):
    return 1 + down(n - 1) if n else step(0)


def depths():
    """No C functions: in 3.11 a traced call of one takes a level more."""
    reached = [0]

    def probe(n):
        reached[0] = n
        probe(n + 1)

    for limit in 200, 900:
        sys.setrecursionlimit(limit)
        try:
            probe(0)
        except RecursionError as error:
            print(limit, reached[0], str(error)[:32])
    sys.setrecursionlimit(20000)
    print(down(3000))


def ticks():
    """A handler in Python at any instant."""
    count = [0]

    def handler(number, frame):
        count[0] += 1
        step(count[0])

    def loop(n):
        for i in range(n):
            sorted([work(3), len("abc")])

    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 1e-4, 1e-4)
    thread = threading.Thread(target=loop, args=(2000,))
    thread.start()
    end = time.time() + 0.5
    while time.time() < end:
        loop(20)
    thread.join()
    signal.setitimer(signal.ITIMER_REAL, 0)
    print(count[0] > 10)


def raises():
    """The handler ends calls by an exception, wherever they are."""

    class Late(Exception):
        pass

    def handler(number, frame):
        raise Late

    signal.signal(signal.SIGALRM, handler)
    seen = 0
    for _ in range(300):
        try:
            signal.setitimer(signal.ITIMER_REAL, 2e-4)
            while True:
                sorted([work(5), len("abc")])
        except Late:
            seen += 1
    print(seen)


def no_memory():
    """The heap is exhausted, again and again."""
    try:
        import _testcapi

        set_nomemory, back = _testcapi.set_nomemory, _testcapi.remove_mem_hooks
    except (ImportError, AttributeError):
        print("no _testcapi")
        return
    space = {"step": step}
    for start in range(1, 60):
        code = compile("def fresh(n):\n    return [step(n), str(n) * 3, {n: n}]\nfresh(%d)" % start, "made", "exec")
        set_nomemory(start, start + 20)
        try:
            exec(code, space)
        except MemoryError:
            pass
        finally:
            back()
    print(work(10))


def little_space():
    """No more address space than a little."""
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (24 << 20), resource.RLIM_INFINITY))
    kept = []
    try:
        while True:
            kept.append(bytearray(1 << 20))
            work(100)
    except MemoryError:
        print("MemoryError")
    del kept[:]
    print(work(20000))


def work_in_a_child():
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        print("child", work(100))
        sys.stdout.flush()
        os._exit(0)
    print(os.waitpid(pid, 0)[1])


def no_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    os.closerange(3, 256)
    print(work(20000))
    work_in_a_child()


def no_file_space():
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    print(work(20000))


def just_work():
    in_thread(work, 20000)
    print(work(100000))
    work_in_a_child()


def in_child(i):
    in_thread(work, 20)
    return work(100 + i)


def forks():
    """20 forks under 4 threads; each child has a thread of its own, too."""
    import warnings

    warnings.simplefilter("ignore")
    ended = threading.Event()

    def loop():
        while not ended.is_set():
            work(30)
            time.sleep(2e-4)

    threads = [threading.Thread(target=loop) for _ in range(4)]
    for thread in threads:
        thread.start()
    children = []
    for i in range(20):
        pid = os.fork()
        if pid == 0:
            os._exit(in_child(i) % 7)
        children.append(pid)
        work(10)
    print([os.waitpid(pid, 0)[1] for pid in children])
    ended.set()
    for thread in threads:
        thread.join()


def small_stack():
    print(down(200))
    just_work()


def go_on():
    """In this process, in a forked one and in an executed one."""
    sys.stdout.flush()
    os.spawnl(os.P_WAIT, sys.executable, sys.executable, __file__, "in_thread_only")
    just_work()


def in_thread_only():
    in_thread(work, 100)
    print("executed")


def session():
    """Untraced a folder that is not there."""
    return os.environ.get("CODESNAP_SESSION", "/nonexistent")


def folder_read_only():
    work(1000)
    if os.path.isdir(session()):
        os.chmod(session(), 0o500)
    go_on()


def folder_removed_only():
    work(1000)
    if os.path.isdir(session()):
        for name in os.listdir(session()):
            os.unlink(os.path.join(session(), name))
        os.rmdir(session())


def folder_removed():
    folder_removed_only()
    go_on()


def folder_replaced():
    """By a file of that name."""
    folder = session()
    folder_removed_only()
    if folder != "/nonexistent":
        with open(folder, "w") as file:
            file.write("not a session")
    go_on()


def root_changed():
    """To an empty one: no path that was known leads anywhere."""
    root = os.path.join(os.getcwd(), "empty")
    os.makedirs(root, exist_ok=True)
    in_thread(work, 1000)  # up to 3.8 the end of one loads a library,
    while len(os.listdir("/proc/self/task")) > 1:  # which comes after the join
        time.sleep(0.001)
    os.chroot(root)
    os.chdir("/")
    in_thread(work, 20000)
    print(work(200000))
    work_in_a_child()


globals()[sys.argv[1]]()
