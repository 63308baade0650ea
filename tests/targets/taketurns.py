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
    await asyncio.gather(turn("a", 3), turn("b", 2))


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
