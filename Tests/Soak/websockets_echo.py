#!/usr/bin/env python3
"""Many WebSockets at a time through the gateway, to an echo server that this script is itself.

usage: websockets_echo.py GATEWAY-PORT UPSTREAM-PORT COUNT
Each opens, stays until all are open, then echoes texts and bytes of several sizes. Prints what they
came to; exits 1 unless every echo was right.
"""
import asyncio
import os
import sys

from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

SIZES = (0, 1, 125, 126, 4096, 65536)
ROUNDS = 3


async def echo(connection):
    async for message in connection:
        await connection.send(message)


async def converse(port, open_gate, counts):
    async with connect(f"ws://127.0.0.1:{port}/echo", open_timeout=60, close_timeout=20,
                       compression=None) as client:
        counts["open"] += 1
        await open_gate.wait()
        for _ in range(ROUNDS):
            for size in SIZES:
                message = os.urandom(size)
                await client.send(message)
                if await client.recv() != message:
                    raise ValueError(f"an echo of {size} bytes differs")
                counts["echoes"] += 1


async def main():
    port, upstream, count = (int(word) for word in sys.argv[1:4])
    counts, open_gate = {"open": 0, "echoes": 0}, asyncio.Event()
    async with serve(echo, "127.0.0.1", upstream, compression=None, backlog=4096):
        clients = [asyncio.create_task(converse(port, open_gate, counts)) for _ in range(count)]
        while counts["open"] < count and not any(client.done() for client in clients):
            await asyncio.sleep(0.05)
        print(f"{counts['open']} WebSockets are open at a time")
        open_gate.set()
        results = await asyncio.gather(*clients, return_exceptions=True)
    failures = [repr(result) for result in results if result is not None]
    print(f"{counts['echoes']} echoes, {len(failures)} of {count} WebSockets failed")
    for failure in failures[:5]:
        print(" ", failure)
    is_right = not failures and counts["echoes"] == count * ROUNDS * len(SIZES)
    sys.exit(0 if is_right else 1)


asyncio.run(main())
