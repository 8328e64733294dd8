#!/usr/bin/env python3
"""Counts the heap allocations of a running gateway per warm request.

usage: measure.py PORT COUNTER-FILE REQUESTS KEY
Starts an upstream on 127.0.0.1:9000, sends REQUESTS to warm the gateway up, then as many again, and
prints how often the process allocated during the second half; then the same over HTTP/2, 50 streams
at a time, if Python has hpack. Exits 1 when it did at all.
"""
import pathlib
import socket
import struct
import sys
import threading

RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n" + b"x" * 200


def answer(connection):
    while True:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = connection.recv(65536)
            if not piece:
                return
            head += piece
        connection.sendall(RESPONSE)


def serve(listener):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=answer, args=(connection,), daemon=True).start()


def send(client, request, times):
    for _ in range(times):
        client.sendall(request)
        reply = b""
        while b"\r\n\r\n" not in reply or len(reply) < reply.index(b"\r\n\r\n") + 204:
            reply += client.recv(65536)
        if not reply.startswith(b"HTTP/1.1 200"):
            sys.exit(f"not served: {reply[:200]!r}")


class Streams:
    """A client's connection with HTTP/2 that asks the same again and again."""

    COUNT = 50

    def __init__(self, port, key):
        sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "Conformance"))
        import wire
        self.wire = wire
        self.connection = wire.Connection(wire.Target("127.0.0.1", port, False, 10))
        self.connection.handshake()
        self.fields = self.connection.fields() + [("x-api-key", key)]
        self.next = 1

    def send(self, times):
        for _ in range(times // self.COUNT):
            streams = range(self.next, self.next + 2 * self.COUNT, 2)
            self.next += 2 * self.COUNT
            self.connection.send(b"".join(
                self.connection.headers(self.connection.encode(self.fields), stream)
                for stream in streams))
            left, content = self.COUNT, 0
            while left:
                got = self.connection.read() or sys.exit("no answer over HTTP/2")
                content += len(got.payload) if got.kind == self.wire.DATA else 0
                left -= bool(got.ends_stream)
            if content != 200 * self.COUNT:
                sys.exit(f"not served over HTTP/2: {content} bytes")
            self.connection.send(self.wire.window_update(0, content))


def allocations(path):
    with open(path, "rb") as file:
        return struct.unpack("<q", file.read(8))[0]


def main():
    port, counter, times, key = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
    listener = socket.create_server(("127.0.0.1", 9000))
    threading.Thread(target=serve, args=(listener,), daemon=True).start()
    client = socket.create_connection(("127.0.0.1", port))
    request = f"GET / HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {key}\r\n\r\n".encode()
    send(client, request, times)
    before = allocations(counter)
    send(client, request, times)
    made = allocations(counter) - before
    print(f"allocations: {made} in {times} warm requests ({made / times:.3f} each)")
    try:
        streams = Streams(port, key)
    except ImportError:
        print("SKIPPED: HTTP/2: Python has no module hpack (pip install it)")
        sys.exit(1 if made else 0)
    streams.send(times)
    before = allocations(counter)
    streams.send(times)
    more = allocations(counter) - before
    print(f"allocations: {more} in {times} warm requests over HTTP/2 ({more / times:.3f} each)")
    sys.exit(1 if made or more else 0)


main()
