"""What an attack does to the other clients of the same worker: the p99 of a steady load alone, beside
a process that computes at the lowest priority (which tells what is the scheduler's), and beside each
attack, which is made again and again at that priority.

usage: attacks.py STEADY PORT REQUEST RUNNER ATTACK-ARGUMENTS... [-- NAME...]
"""

import os
import re
import signal
import statistics
import subprocess
import sys

CONNECTIONS = 32
INTERVAL_US = 16_000
SECONDS = 4
ROUNDS = 3
# What other clients may notice at most.
RATIO_MAX = 2.0
LOWEST = ["nice", "-n", "19"]


def p99(steady, port, request, beside):
    """The p99 in microseconds, with the command run again and again meanwhile."""
    load = subprocess.Popen(
        [steady, port, str(CONNECTIONS), str(INTERVAL_US), str(SECONDS), request],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    other = None
    while load.poll() is None:
        if beside and (other is None or other.poll() is not None):
            other = subprocess.Popen(
                LOWEST + beside, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True)
        try:
            load.wait(0.02)
        except subprocess.TimeoutExpired:
            pass
    if other:
        if other.poll() is None:
            os.killpg(other.pid, signal.SIGKILL)
        other.wait()
    found = re.search(r"(\d+) requests, .* p99 (\d+) us", load.stdout.read())
    if load.returncode != 0 or not found:
        raise SystemExit("the steady load was not served")
    return int(found[2])


def main():
    arguments = sys.argv[1:]
    names = []
    if "--" in arguments:
        place = arguments.index("--")
        arguments, names = arguments[:place], arguments[place + 1:]
    steady, port, request, runner, *rest = arguments
    with open(runner) as file:
        known = re.search(r"^ATT=\[(.*)\]", file.read(), re.M)[1].split(",")
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SystemExit(f"no attack is called {unknown[0]}; there are {' '.join(known)}")
    names = names or known

    def attack(name):
        return ["python3", runner, *rest, "--only", name]

    busy = ["sh", "-c", "while :; do :; done"]
    kinds = [("alone", None), ("busy", busy)] + [(name, attack(name)) for name in names]
    figures = {name: [] for name, _ in kinds}
    for _ in range(ROUNDS):
        for name, beside in kinds:
            figures[name].append(p99(steady, port, request, beside))
    alone = statistics.median(figures["alone"])
    busy = statistics.median(figures["busy"])
    print(f"{'p99 of other clients':28} {'us':>7} {'x alone':>8} {'x busy':>8}")
    worst = 0.0
    for name, seen in figures.items():
        value = statistics.median(seen)
        print(f"{name:28} {value:7.0f} {value / alone:8.2f} {value / busy:8.2f}")
        if name in names:
            worst = max(worst, value / max(alone, busy))
    print(f"worst {worst:.2f} x a busy machine's p99; goal {RATIO_MAX}")


main()
