"""The waits of a steady load, without and with bundles exchanged under it, in turns.

usage: measure.py STEADY PORT ADMIN-PORT PID REQUEST [SECONDS [ROUNDS]]
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request

CONNECTIONS = 32
INTERVAL_US = 16_000


def generation(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/server_info") as answer:
        return int(json.load(answer)["policy_generation"])


def phase(steady, port, admin, pid, request, seconds, swapping):
    before = generation(admin)
    load = subprocess.Popen(
        [steady, port, str(CONNECTIONS), str(INTERVAL_US), str(seconds), request],
        stdout=subprocess.PIPE, text=True)
    # The next bundle is asked for when the last one is in force.
    known = before
    asked = 0.0
    while load.poll() is None:
        time.sleep(0.05)
        if not swapping:
            continue
        current = generation(admin)
        if current != known or asked == 0.0 or time.monotonic() - asked > 10:
            known = current
            asked = time.monotonic()
            os.kill(pid, signal.SIGHUP)
    line = load.stdout.read().strip()
    if load.returncode != 0:
        sys.exit(f"the load failed: {line}")
    time.sleep(2)
    swaps = generation(admin) - before
    print(f"{'with' if swapping else 'without'} swaps: {line}, {swaps} swaps", flush=True)
    return int(re.search(r"longest (\d+) us", line)[1])


def main(steady, port, admin, pid, request, seconds="15", rounds="3"):
    longest = {False: [], True: []}
    for _ in range(int(rounds)):
        for swapping in (False, True):
            longest[swapping].append(
                phase(steady, port, admin, int(pid), request, int(seconds), swapping))
    without, swapped = (sorted(longest[kind])[len(longest[kind]) // 2] for kind in (False, True))
    print(
        f"swap: longest wait, median of {rounds} rounds: {without / 1000:.1f} ms without, "
        f"{swapped / 1000:.1f} ms with swaps")


if __name__ == "__main__":
    main(*sys.argv[1:])
