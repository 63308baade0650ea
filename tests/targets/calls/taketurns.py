"""Two asyncio tasks that take turns."""

import asyncio

turns = []


async def turn(name, n):
    for _ in range(n):
        note(name)
        await asyncio.sleep(0)


def note(name):
    turns.append(name)


async def main():
    # Made here: gather itself goes through a set on Python 3.6.
    tasks = [asyncio.ensure_future(turn("a", 3)), asyncio.ensure_future(turn("b", 2))]
    await asyncio.gather(*tasks)


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
