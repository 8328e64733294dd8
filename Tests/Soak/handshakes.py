#!/usr/bin/env python3
"""Full TLS handshakes under load, with the certificate exchanged in the middle.

usage: handshakes.py PORT PID COUNT FOLDER
FOLDER has ca.pem, the certificate in use as cert.pem and key.pem, and the one to exchange it for as
next.pem and next-key.pem. Prints what the handshakes came to; exits 1 unless all succeeded, and both
certificates were seen, the old one never behind the new one's first minute.
"""
import os
import shutil
import signal
import socket
import ssl
import sys
import threading

THREADS = 8
REQUEST = b"GET /load HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Tally:
    def __init__(self, count):
        self.lock = threading.Lock()
        self.left = count
        self.serials = []
        self.failures = []
        self.requests = 0

    def take(self):
        with self.lock:
            self.left -= 1
            return self.left >= 0


def connect(port, context):
    plain = socket.create_connection(("127.0.0.1", port), 10)
    return context.wrap_socket(plain, server_hostname="localhost")


def handshakes(port, context, tally):
    while tally.take():
        try:
            with connect(port, context) as client:
                serial = client.getpeercert()["serialNumber"]
            with tally.lock:
                tally.serials.append(serial)
        except OSError as error:
            with tally.lock:
                tally.failures.append(f"handshake: {error!r}")


def load(port, context, tally, is_over):
    """Requests over a connection that stays, through the exchange."""
    try:
        with connect(port, context) as client:
            while not is_over.is_set():
                client.sendall(REQUEST)
                if not client.recv(65536).startswith(b"HTTP/1.1 "):
                    raise OSError("no answer")
                tally.requests += 1
    except OSError as error:
        with tally.lock:
            tally.failures.append(f"request: {error!r}")


def main():
    port, pid, count, folder = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    context = ssl.create_default_context(cafile=f"{folder}/ca.pem")
    tally, is_over = Tally(count), threading.Event()
    loader = threading.Thread(target=load, args=(port, context, tally, is_over))
    loader.start()
    threads = [threading.Thread(target=handshakes, args=(port, context, tally))
               for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    while tally.left > count // 2 and any(thread.is_alive() for thread in threads):
        threads[0].join(0.05)
    shutil.copy(f"{folder}/next.pem", f"{folder}/cert.pem")
    shutil.copy(f"{folder}/next-key.pem", f"{folder}/key.pem")
    os.kill(pid, signal.SIGHUP)
    for thread in threads:
        thread.join()
    is_over.set()
    loader.join()
    with connect(port, context) as client:
        last = client.getpeercert()["serialNumber"]
    old = sum(serial != last for serial in tally.serials)
    new = len(tally.serials) - old
    print(f"{len(tally.serials)} handshakes: {old} with the old certificate, {new} with the new; "
          f"{tally.requests} requests meanwhile; {len(tally.failures)} failed")
    for failure in tally.failures[:5]:
        print(" ", failure)
    sys.exit(0 if not tally.failures and len(tally.serials) == count and old and new else 1)


main()
