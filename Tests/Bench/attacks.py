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
# An attack takes up to twelve seconds, but most of them one.
SECONDS = 4
ROUNDS = 5
# What other clients may notice at most.
RATIO_MAX = 2.0
LOWEST = ["nice", "-n", "19"]


def p99(steady, port, request, seconds, beside):
    """The p99 in microseconds, with the command run again and again meanwhile."""
    load = subprocess.Popen(
        [steady, port, str(CONNECTIONS), str(INTERVAL_US), str(seconds), request],
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
    print(f"{'p99 of other clients, us':28} {'alone':>7} {'busy':>7} {'beside':>7} {'x':>6}")
    ratios = []
    for name in names:
        # What they are compared with is measured right before, since machines change with time.
        kinds = [
            (SECONDS // 2, None), (SECONDS // 2, busy),
            (SECONDS, ["python3", runner, *rest, "--only", name])]
        seen = [[p99(steady, port, request, *kind) for kind in kinds] for _ in range(ROUNDS)]
        alone, beside_load, beside_attack = map(statistics.median, zip(*seen))
        ratios.append(beside_attack / max(alone, beside_load))
        print(f"{name:28} {alone:7.0f} {beside_load:7.0f} {beside_attack:7.0f} {ratios[-1]:6.2f}",
              flush=True)
    print(f"x: beside the attack / the larger of alone and busy; median {statistics.median(ratios):.2f},"
          f" worst {max(ratios):.2f}, goal {RATIO_MAX}")


main()
