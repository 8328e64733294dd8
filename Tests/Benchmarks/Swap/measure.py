"""The waits of a steady load, in turns: alone, with bundles exchanged under it, and beside a process
that computes at the lowest priority for as long, which tells what of a wait is the scheduler's.

A turn during which the host took the processors away (steal time) tells nothing and is left out.

usage: measure.py STEADY PORT ADMIN-PORT PID REQUEST [SECONDS [ROUNDS]]
"""

import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
import urllib.request

CONNECTIONS = 32
INTERVAL_US = 16_000
# Of all processor time, what may be stolen in a turn that counts.
STEAL_MAX = 0.003
KINDS = ("alone", "busy", "swaps")


def generation(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/server_info") as answer:
        return int(json.load(answer)["policy_generation"])


def processor_time():
    with open("/proc/stat") as file:
        ticks = [int(field) for field in file.readline().split()[1:9]]
    return sum(ticks), ticks[7]


def swap(load, admin, pid):
    """The next bundle is asked for when the last one is in force."""
    known = generation(admin)
    asked = 0.0
    while load.poll() is None:
        time.sleep(0.05)
        current = generation(admin)
        if current != known or asked == 0.0 or time.monotonic() - asked > 10:
            known = current
            asked = time.monotonic()
            os.kill(pid, signal.SIGHUP)


def turn(kind, steady, port, admin, pid, request, seconds):
    """The longest wait in microseconds, or None when the host disturbed the turn."""
    before = generation(admin)
    total, stolen = processor_time()
    load = subprocess.Popen(
        [steady, port, str(CONNECTIONS), str(INTERVAL_US), str(seconds), request],
        stdout=subprocess.PIPE, text=True)
    busy = None
    if kind == "busy":
        busy = subprocess.Popen(["nice", "-n", "19", "sh", "-c", "while :; do :; done"])
    if kind == "swaps":
        swap(load, admin, pid)
    load.wait()
    if busy:
        busy.kill()
        busy.wait()
    line = load.stdout.read().strip()
    if load.returncode != 0:
        sys.exit(f"the load failed: {line}")
    now_total, now_stolen = processor_time()
    steal = (now_stolen - stolen) / max(now_total - total, 1)
    time.sleep(1.5)
    swaps = generation(admin) - before
    note = "" if steal <= STEAL_MAX else ", left out"
    print(f"{kind}: {line}, {swaps} swaps, {steal:.2%} stolen{note}", flush=True)
    return int(re.search(r"longest (\d+) us", line)[1]) if not note else None


def main(steady, port, admin, pid, request, seconds="5", rounds="7"):
    longest = {kind: [] for kind in KINDS}
    for _ in range(int(rounds)):
        for kind in KINDS:
            wait = turn(kind, steady, port, admin, int(pid), request, int(seconds))
            if wait is not None:
                longest[kind].append(wait)
    parts = []
    for kind in KINDS:
        waits = longest[kind]
        median = f"{statistics.median(waits) / 1000:.1f} ms" if waits else "unknown"
        parts.append(f"{median} {kind} ({len(waits)} turns)")
    print("swap: longest wait, median: " + ", ".join(parts))


if __name__ == "__main__":
    main(*sys.argv[1:])
