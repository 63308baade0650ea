"""Errors that asyncio tasks handle, and cancellation, in every way that there is."""
import asyncio
import contextlib
import sys


def after():
    pass


async def fetch(future):
    try:
        return await future
    except ValueError:
        return None


async def through(future):
    return await fetch(future)


async def handler(future):
    await through(future)
    after()


@contextlib.contextmanager
def swallowing():
    try:
        yield
    except KeyError:
        after()


async def numbers(count):
    for n in range(count):
        try:
            yield n
        except KeyError:
            after()


async def sleeper():
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        after()
        raise
    finally:
        await asyncio.sleep(0)


async def shielded():
    with contextlib.suppress(asyncio.CancelledError):
        await sleeper()
    after()


async def many(loop):
    futures = [loop.create_future() for _ in range(1000)]
    tasks = [asyncio.ensure_future(handler(future)) for future in futures]
    await asyncio.sleep(0)
    for future in futures:
        future.set_exception(ValueError())
    await asyncio.gather(*tasks)


async def generators():
    asynchronous = numbers(4)
    await asynchronous.__anext__()
    await asynchronous.athrow(KeyError())
    async for _ in asynchronous:
        break
    await asynchronous.aclose()


async def cancelled():
    task = asyncio.ensure_future(shielded())
    await asyncio.sleep(0)
    task.cancel()
    await task
    try:
        await asyncio.wait_for(asyncio.ensure_future(sleeper()), 0.001)
    except asyncio.TimeoutError:
        after()


async def group():
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(sleeper())
            tasks.create_task(failing())
    except BaseException:
        after()


async def failing():
    await asyncio.sleep(0)
    raise ValueError


async def main(loop):
    await many(loop)
    await generators()
    await cancelled()
    if sys.version_info >= (3, 11):
        await group()
    with swallowing():
        raise KeyError
    after()


loop = asyncio.new_event_loop()
loop.run_until_complete(main(loop))
loop.close()
