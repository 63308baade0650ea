# Tasks of asyncio, each kind in a function of its own, by argument; prints what is to
# be known of each: the function, its steps and how it ended.
import asyncio
import sys
import threading

expected = []


def expect(name, steps, ended, parent="main"):
    expected.append((name, steps, ended, parent))


async def steps(count):
    for _ in range(count):
        await asyncio.sleep(0)


async def raises():
    await asyncio.sleep(0)
    raise ValueError("no")


async def waits():
    await asyncio.get_event_loop().create_future()


async def catches():
    try:
        await waits()
    except asyncio.CancelledError:
        pass


def run(main, loop=None):
    loop = loop or asyncio.new_event_loop()
    loop.run_until_complete(main)
    return loop


# == KINDS ==============================================================


def simple():
    async def main():
        await steps(3)

    run(main()).close()
    expect("main", 4, "result", "")


def nested():
    async def inner(depth, count):
        await (inner(depth - 1, count) if depth else steps(count))

    async def main():
        await inner(20, 5)

    run(main()).close()
    expect("main", 6, "result", "")


def gathered():
    async def main():
        await asyncio.gather(steps(1), steps(2), raises(), return_exceptions=True)

    run(main()).close()
    expect("main", 2, "result", "")
    expect("steps", 2, "result")
    expect("steps", 3, "result")
    expect("raises", 2, "exception")


def generators():
    async def numbers(count):
        for i in range(count):
            await asyncio.sleep(0)
            yield i

    async def main():
        async for _ in numbers(4):
            pass

    run(main()).close()
    expect("main", 5, "result", "")


def awaitable():
    class Later:
        def __await__(self):
            yield from steps(2).__await__()

    async def main():
        await Later()

    run(main()).close()
    expect("main", 3, "result", "")


def cancelled():
    async def main():
        tasks = [asyncio.ensure_future(waits()), asyncio.ensure_future(catches())]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    run(main()).close()
    expect("main", 3, "result", "")
    expect("waits", 2, "cancelled")
    expect("catches", 2, "result")


def by_hand():
    # A coroutine that a task drives itself is no step of its own.
    async def other():
        return 1

    async def main():
        await asyncio.sleep(0)
        for _ in range(3):
            try:
                other().send(None)
            except StopIteration:
                pass

    run(main()).close()
    expect("main", 2, "result", "")


def twice():
    loop = run(steps(1))
    run(steps(2), loop).close()
    expect("steps", 2, "result", "")
    expect("steps", 3, "result", "")


def many():
    # Addresses are used again.
    async def main():
        for _ in range(300):
            await asyncio.ensure_future(steps(1))

    run(main()).close()
    expect("main", 301, "result", "")
    for _ in range(300):
        expect("steps", 2, "result")


def threads():
    async def main():
        await asyncio.gather(*[steps(20) for _ in range(5)])

    def work():
        run(main()).close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for _ in range(2):
        expect("main", 2, "result", "")
        for _ in range(5):
            expect("steps", 21, "result")


def python_tasks():
    loop = asyncio.new_event_loop()
    loop.set_task_factory(lambda loop, coroutine, **more: asyncio.tasks._PyTask(coroutine, loop=loop, **more))

    async def main():
        await asyncio.gather(steps(1), raises(), return_exceptions=True)

    run(main(), loop).close()
    expect("main", 2, "result", "")
    expect("steps", 2, "result")
    expect("raises", 2, "exception")


def subclass():
    class Task(asyncio.Task):
        def get_name(self):
            raise SystemExit("the program's own code ran")

    loop = asyncio.new_event_loop()

    async def main():
        await Task(steps(2), loop=loop)

    run(main(), loop).close()
    expect("main", 2, "result", "")
    expect("steps", 3, "result", "")  # nobody saw who made it


def eager():
    loop = asyncio.new_event_loop()
    loop.set_task_factory(asyncio.eager_task_factory)

    async def nothing():
        pass

    async def main():
        await asyncio.gather(nothing(), steps(2), nothing())

    run(main(), loop).close()
    expect("main", 2, "result", "")
    for _ in range(2):
        expect("nothing", 1, "result")
    expect("steps", 3, "result")


def groups():
    async def main():
        async with asyncio.TaskGroup() as group:
            for count in range(3):
                group.create_task(steps(count), name="worker-%d" % count)

    run(main()).close()
    expect("main", 2, "result", "")
    for count in range(3):
        expect("steps", count + 1, "result")


def failing_groups():
    async def main():
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(raises())
                group.create_task(waits())
        except ExceptionGroup:
            pass

    run(main()).close()
    expect("main", 3, "result", "")  # it is cancelled, and waits for the others
    expect("raises", 2, "exception")
    expect("waits", 2, "cancelled")


for kind in sys.argv[1:]:
    globals()[kind]()
for row in sorted(expected):
    print(*row)
