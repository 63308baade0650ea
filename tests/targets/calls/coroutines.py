"""Coroutines, driven by hand, so that every step is known."""


class Pause:
    def __await__(self):
        yield "paused"


class Manager:
    async def __aenter__(self):
        await Pause()
        return self

    async def __aexit__(self, *exc):
        return False


async def leaf(n):
    await Pause()
    return n


async def ticks(n):
    for i in range(n):
        await Pause()
        yield i


async def failing():
    await Pause()
    raise LookupError("no")


async def task():
    total = await leaf(1) + await leaf(2)
    async for tick in ticks(2):
        total += tick
    async with Manager():
        total += 1
    try:
        await failing()
    except LookupError:
        pass
    return total


def drive(coroutine):
    steps = 0
    while True:
        try:
            coroutine.send(None)
        except StopIteration as stop:
            return steps, stop.value
        steps += 1


def main():
    assert drive(task()) == (6, 5), drive(task())


main()
