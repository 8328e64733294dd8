"""Measures how the egress streams: event latency, and memory while large bodies pass.

usage: streaming.py EGRESS_PORT UPSTREAM_PORT EGRESS_PID [EVENTS] [BODY_BYTES]

Both ports speak plain HTTP; behind the second one is `sluice demo-upstream`, whose events carry the
monotonic microsecond at which they were sent. Exits with 1 when a goal is missed.
"""

import socket
import statistics
import sys
import time

HEAD = "Host: demo\r\nX-Sandbox-ID: sbx-bench\r\nConnection: close\r\n"


def connect(port):
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def read_head(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            sys.exit(f"no answer: {data!r}")
        data += piece
    head, rest = data.split(b"\r\n\r\n", 1)
    if b" 200 " not in head.split(b"\r\n")[0]:
        sys.exit(f"not 200: {head!r} {rest!r}")
    return rest


def event_delays(port, count):
    """Microseconds from the sending of each event to its arrival, and the most events in one read."""
    connection = connect(port)
    target = f"/sse?count={count}&interval_ms=10"
    connection.sendall(f"GET {target} HTTP/1.1\r\n{HEAD}\r\n".encode())
    data = read_head(connection)
    delays, batch = [], 0
    while True:
        arrived = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        events = [part for part in data.split(b"data: ")[1:] if b"\n" in part]
        batch = max(batch, len(events))
        delays += [arrived - int(part.split(b"\n")[0]) for part in events]
        data = connection.recv(65536)
        if not data or len(delays) >= count:
            return delays, batch


def resident_kib(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    return 0


def download(port, size, pid):
    connection = connect(port)
    connection.sendall(f"GET /bytes/{size} HTTP/1.1\r\n{HEAD}\r\n".encode())
    count, most = len(read_head(connection)), 0
    buffer = bytearray(1 << 20)
    while count < size:
        got = connection.recv_into(buffer)
        if got == 0:
            sys.exit(f"the download ended after {count} bytes")
        count += got
        most = max(most, resident_kib(pid)) if count % 16 == 0 else most
    return max(most, resident_kib(pid))


def upload(port, size, pid):
    connection = connect(port)
    connection.sendall(f"POST /post HTTP/1.1\r\n{HEAD}Content-Length: {size}\r\n\r\n".encode())
    piece = bytes(1 << 20)
    most, sent = 0, 0
    while sent < size:
        connection.sendall(piece[: size - sent])
        sent += min(len(piece), size - sent)
        most = max(most, resident_kib(pid))
    read_head(connection)
    return most


def main():
    egress, upstream, pid = (int(text) for text in sys.argv[1:4])
    events = int(sys.argv[4]) if len(sys.argv) > 4 else 300
    size = int(sys.argv[5]) if len(sys.argv) > 5 else 1 << 30
    direct, _ = event_delays(upstream, events)
    through, batch = event_delays(egress, events)
    added = statistics.median(through) - statistics.median(direct)
    print(
        f"events, one every 10 ms: median {statistics.median(direct):.0f} us direct, "
        f"{statistics.median(through):.0f} us through the egress: {added:.0f} us added; "
        f"at most {batch} in one read"
    )
    download(egress, 64 << 20, pid)
    upload(egress, 64 << 20, pid)
    before = resident_kib(pid)
    down = download(egress, size, pid) - before
    up = upload(egress, size, pid) - before
    print(f"memory beyond what 64 MiB took: {down} KiB for {size} bytes down, {up} KiB up")
    sys.exit(0 if added < 2000 and batch <= 2 and max(down, up) < 16 << 10 else 1)


main()
