"""Clients and an upstream that speak HTTP/2 as nobody should: heads that are forbidden, frames for
streams that are over, resets, GOAWAYs, settings and windows at random. The gateway between them has
to stay, to take no more memory, and to serve who behaves at the end.

usage: strangers.py PORT UPSTREAM-PORT PID SECONDS [SEED]
"""

import multiprocessing
import random
import socket
import struct
import subprocess
import sys
import threading
import time

CLIENTS = 2
THREADS = 6
GROWTH_MAX = 64 << 20
DATA, HEADERS, PRIORITY, RESET, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION = range(10)
UNKNOWN = 0x42
END_STREAM, END_HEADERS, PADDED = 1, 4, 8
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame(kind, flags, stream, payload=b""):
    head = struct.pack(">I", len(payload))[1:] + bytes([kind, flags])
    return head + struct.pack(">I", stream) + payload


def literal(name, value, indexing=0):
    return bytes([indexing, len(name)]) + name + bytes([len(value)]) + value


def number(value):
    return struct.pack(">I", value)


def noise(dice):
    """What either side may say of its connection, or of a stream."""
    stream = dice.choice([0, 1, 3, 99])
    return dice.choice([
        lambda: frame(RESET, 0, stream | 1, number(dice.choice([0, 1, 2, 7, 8, 11, 999]))),
        lambda: frame(SETTINGS, 0, 0, struct.pack(
            ">HI", dice.choice([1, 2, 3, 4, 5, 6, 8]),
            dice.choice([0, 1, 100, 4096, 16384, 65535, 2**31 - 1]))),
        lambda: frame(WINDOW, 0, stream, number(dice.choice([0, 1, 1000, 2**31 - 1]))),
        lambda: frame(PING, 0, 0, b"12345678"),
        lambda: frame(PRIORITY, 0, stream | 1, number(0) + b"\1"),
        lambda: frame(UNKNOWN, 0, stream, b"?"),
        lambda: frame(DATA, dice.choice([0, END_STREAM]), stream | 1, b"late"),
        lambda: frame(DATA, PADDED, stream | 1, b"\xffx"),
    ])()


# What the upstream answers.

def answer(dice, stream):
    ok = b"\x88" + literal(b"x-a", b"b" * dice.randrange(60))
    head = frame(HEADERS, END_HEADERS, stream, ok)
    whole = frame(HEADERS, END_HEADERS | END_STREAM, stream, ok)
    end = frame(DATA, END_STREAM, stream, b"z" * dice.randrange(300))

    def forbidden(field):
        return frame(HEADERS, END_HEADERS, stream, b"\x88" + field) + end

    return dice.choice([
        lambda: head + end,
        lambda: whole,
        lambda: whole + whole,
        lambda: whole + frame(RESET, 0, stream, number(8)),
        lambda: forbidden(literal(b"connection", b"x")),
        lambda: forbidden(literal(b"Upper", b"x")),
        lambda: forbidden(literal(b"content-length", b"5")),
        lambda: forbidden(literal(b"x" * 100, b"y" * 120) * dice.choice([1, 30, 700])),
        lambda: frame(RESET, 0, stream, number(dice.choice([0, 1, 2, 7, 8, 11, 999]))),
        lambda: head + frame(RESET, 0, stream, number(dice.choice([0, 2, 8]))),
        lambda: frame(HEADERS, 0, stream, ok[:3])
        + frame(CONTINUATION, END_HEADERS, stream, ok[3:]) + end,
        lambda: frame(HEADERS, END_HEADERS, stream, b"\x08\x03103" + literal(b"link", b"x")) + whole,
        lambda: head + frame(HEADERS, END_HEADERS | END_STREAM, stream, literal(b"x-end", b"0")),
        lambda: head + frame(HEADERS, END_HEADERS, stream, literal(b"x-end", b"0")),
        lambda: frame(DATA, END_STREAM, stream, b"no head"),
        lambda: frame(HEADERS, END_HEADERS | END_STREAM, stream + 2, ok) + whole,
        lambda: frame(GOAWAY, 0, 0, number(dice.choice([0, stream, 2**31 - 1])) + number(0)) + whole,
        lambda: noise(dice) + whole,
        lambda: whole if dice.randrange(8) else frame(PUSH, END_HEADERS, stream, number(2) + ok),
        lambda: whole if dice.randrange(8) else dice.randbytes(30),
        lambda: whole if dice.randrange(8) else None,
    ])()


def serve(connection, dice):
    """Answers requests a few at a time; `dice` is None for an upstream that behaves."""
    received = b""
    held = []
    try:
        while True:
            piece = connection.recv(65536)
            if not piece:
                return
            received += piece
            if received.startswith(PREFACE):
                received = received[len(PREFACE):]
                connection.sendall(frame(SETTINGS, 0, 0))
            elif PREFACE.startswith(received):
                continue
            while len(received) >= 9:
                size = int.from_bytes(received[:3], "big")
                if len(received) < 9 + size:
                    break
                kind, flags = received[3], received[4]
                if kind == SETTINGS and not flags & 1:
                    connection.sendall(frame(SETTINGS, 1, 0))
                if kind == HEADERS:
                    held.append(int.from_bytes(received[5:9], "big"))
                received = received[9 + size:]
            if dice and dice.randrange(3):
                dice.shuffle(held)
            answers = []
            for stream in held:
                said = answer(dice, stream) if dice else frame(
                    HEADERS, END_HEADERS | END_STREAM, stream, b"\x88")
                if said is None:
                    return
                answers.append(said)
            held = []
            connection.sendall(b"".join(answers))
    except OSError:
        pass
    finally:
        connection.close()


def upstream(port, seed):
    listener = socket.create_server(("127.0.0.1", port), backlog=256)
    count = 0
    while True:
        connection, _ = listener.accept()
        count += 1
        dice = random.Random(f"{seed}/{count}") if seed is not None else None
        threading.Thread(target=serve, args=(connection, dice), daemon=True).start()


# What clients ask.

def request(dice, method=b"GET", path=None, more=b""):
    path = path or dice.choice([b"/sec.Test/a", b"/sec.Test/b?c=d", b"/sec.Test/%2f"])
    return (literal(b":method", method) + literal(b":scheme", b"http") + literal(b":path", path)
            + literal(b":authority", b"a", dice.choice([0, 0x40, 0x10])) + more)


def ask(dice, stream):
    get = frame(HEADERS, END_HEADERS | END_STREAM, stream, request(dice))
    post = frame(HEADERS, END_HEADERS, stream, request(dice, b"POST"))
    socket_head = (
        literal(b":method", b"CONNECT") + literal(b":protocol", b"websocket")
        + literal(b":scheme", b"http") + literal(b":path", b"/sec.Test/w")
        + literal(b":authority", b"a") + literal(b"sec-websocket-version", b"13"))
    call = literal(b"te", b"trailers") + literal(b"content-type", b"application/grpc")
    return dice.choice([
        lambda: get,
        lambda: get,
        lambda: get + frame(RESET, 0, stream, number(8)),
        lambda: post + frame(DATA, dice.choice([0, END_STREAM]), stream, b"x" * dice.randrange(2000)),
        lambda: post + frame(DATA, 0, stream, b"y")
        + frame(HEADERS, END_HEADERS | END_STREAM, stream, literal(b"x-end", b"1")),
        lambda: frame(HEADERS, END_HEADERS, stream, request(
            dice, b"POST", more=literal(b"content-length", b"3"))) + frame(DATA, 1, stream, b"four"),
        lambda: frame(HEADERS, END_HEADERS | END_STREAM, stream, request(
            dice, more=literal(b"connection", b"close"))),
        lambda: frame(HEADERS, END_HEADERS, stream, request(
            dice, b"POST", more=call + literal(b"grpc-timeout", b"5m")))
        + frame(DATA, END_STREAM, stream, b"\0\0\0\0\0"),
        lambda: frame(HEADERS, END_HEADERS | END_STREAM, stream, request(
            dice, more=literal(b"a" * 100, b"b" * 120) * dice.choice([3, 90]))),
        lambda: frame(HEADERS, END_STREAM, stream, request(dice)[:20])
        + frame(CONTINUATION, END_HEADERS, stream, request(dice)[20:]),
        lambda: frame(HEADERS, END_HEADERS, stream, socket_head),
        lambda: noise(dice) + get,
        lambda: get if dice.randrange(8) else frame(GOAWAY, 0, 0, number(0) * 2),
        lambda: get if dice.randrange(8) else dice.randbytes(30),
    ])()


def disturb(port, seed, until):
    count = 0
    while time.monotonic() < until:
        count += 1
        dice = random.Random(f"{seed}/{count}")
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as connection:
                connection.settimeout(0.01)
                connection.sendall(PREFACE + frame(SETTINGS, 0, 0))
                stream = 1
                for _ in range(dice.randrange(1, 40)):
                    said = b""
                    for _ in range(dice.randrange(1, 20)):
                        said += ask(dice, stream)
                        stream += 2
                    cut = dice.randrange(len(said) + 1)
                    connection.sendall(said[:cut])
                    connection.sendall(said[cut:])
                    try:
                        while dice.randrange(3) and connection.recv(65536):
                            pass
                    except TimeoutError:
                        pass
        except OSError:
            pass


def clients(port, seed, until):
    threads = [
        threading.Thread(target=disturb, args=(port, f"{seed}/{index}", until))
        for index in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def resident(pid):
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * 4096


def is_served(port):
    found = subprocess.run(
        ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "10",
         "--http2-prior-knowledge", f"http://127.0.0.1:{port}/sec.Test/end"],
        capture_output=True, text=True)
    return found.stdout == "200"


def main():
    port, upstream_port, pid = (int(word) for word in sys.argv[1:4])
    seconds = float(sys.argv[4])
    seed = sys.argv[5] if len(sys.argv) > 5 else str(time.time_ns())
    print(f"seed {seed}")

    def start(function, *arguments):
        process = multiprocessing.Process(target=function, args=arguments, daemon=True)
        process.start()
        return process

    bad = start(upstream, upstream_port, seed)
    until = time.monotonic() + seconds
    start_bytes = resident(pid)
    crowd = [start(clients, port, f"{seed}/{index}", until) for index in range(CLIENTS)]
    for process in crowd:
        process.join(seconds + 30)
    bad.kill()
    bad.join()
    try:
        growth = resident(pid) - start_bytes
    except FileNotFoundError:
        raise SystemExit("the gateway is gone")
    good = start(upstream, upstream_port, None)
    deadline = time.monotonic() + 20
    while not is_served(port):
        if time.monotonic() > deadline:
            raise SystemExit("who behaves is not served afterwards")
        time.sleep(0.1)
    good.kill()
    print(f"{seconds:.0f} s of it; memory +{growth / 1e6:.1f} MB; who behaves is served")
    if growth > GROWTH_MAX:
        raise SystemExit("too much memory")


main()
