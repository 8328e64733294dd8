#!/usr/bin/env python3
"""Stops a gateway with SIGTERM while clients of HTTP/2 load it: no request may be lost.

usage: drain.py PORT PID CONNECTIONS SECONDS
Every connection keeps streams open until it is told that there will be no more. A stream that the
gateway did not refuse has to be answered whole. Prints what became of them; exits 1 on any other end.
"""
import os
import pathlib
import selectors
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "Conformance"))
import wire  # noqa: E402

STREAMS = 20
# Content after which the gateway is told that it may send as much again.
CREDIT_BYTES = 16_384


class Client:
    def __init__(self, target):
        self.connection = wire.Connection(target)
        self.connection.handshake()
        self.next, self.open = 1, set()
        self.answered = self.uncredited = 0
        self.refused, self.lost = 0, []
        self.is_told = self.is_over = False

    def fill(self):
        """Opens streams up to the most that it keeps."""
        pieces = []
        while not self.is_told and len(self.open) < STREAMS:
            self.open.add(self.next)
            pieces.append(self.connection.request(stream=self.next))
            self.next += 2
        self.connection.send(b"".join(pieces))

    def receive(self):
        while (got := self.connection.read()) is not None:
            self.take(got)
            if len(self.connection.received) < 9:
                return
        if self.connection.is_closed:
            self.is_over = True
            self.lost += [f"stream {stream} without an answer" for stream in self.open]
            self.open.clear()

    def take(self, got):
        if got.kind == wire.GOAWAY:
            self.is_told = True
            last = int.from_bytes(got.payload[:4], "big")
            unseen = {stream for stream in self.open if stream > last}
            self.refused += len(unseen)
            self.open -= unseen
        elif got.kind == wire.RST_STREAM:
            self.open.discard(got.stream)
            if got.code == wire.REFUSED_STREAM:
                self.refused += 1
            else:
                self.lost.append(f"stream {got.stream} reset with {got.code}")
        elif got.ends_stream:
            self.open.discard(got.stream)
            self.answered += 1
        if got.kind == wire.DATA:
            self.uncredited += len(got.payload)
        if self.uncredited >= CREDIT_BYTES:
            self.connection.send(wire.window_update(0, self.uncredited))
            self.uncredited = 0


def main():
    port, pid, count, seconds = (int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]),
                                 float(sys.argv[4]))
    target = wire.Target("127.0.0.1", port, False, 10)
    clients = [Client(target) for _ in range(count)]
    selector = selectors.DefaultSelector()
    for client in clients:
        selector.register(client.connection.socket, selectors.EVENT_READ, client)
        client.fill()
    end, is_stopped = time.monotonic() + seconds, False
    while selector.get_map():
        if not is_stopped and time.monotonic() > end:
            os.kill(pid, signal.SIGTERM)
            is_stopped = True
        for key, _ in selector.select(0.1):
            key.data.receive()
            if key.data.is_over:
                selector.unregister(key.fileobj)
            else:
                key.data.fill()
        if is_stopped and time.monotonic() > end + 20:
            sys.exit("the connections did not end")
    answered = sum(client.answered for client in clients)
    refused = sum(client.refused for client in clients)
    lost = [line for client in clients for line in client.lost]
    print(f"{answered} requests answered, {refused} not looked at, {len(lost)} lost")
    for line in lost[:5]:
        print(" ", line)
    sys.exit(1 if lost or not answered else 0)


main()
