#!/usr/bin/env python3
"""CPU time of a proxy for each message of a WebSocket, there and back.

usage: websocket.py TOOLS PROGRAM COMMAND [--rounds N] [--seconds N]
TOOLS is the folder of the load tools with the peers' configurations, which are changed so that they
let WebSockets pass; PROGRAM is websocket.c, built; COMMAND starts Sluice on port 8200. One proxy at a
time on CPU 0, everything else on CPU 1; medians over the rounds, in which they take turns.
"""
import argparse
import os
import pathlib
import shlex
import socket
import statistics
import subprocess
import tempfile
import time

KEY = "k7-0123456789abcdef0123456789abcdef"
CONNECTIONS = 64
UPGRADING = 'proxy_set_header Connection "Upgrade"; proxy_set_header Upgrade $http_upgrade;'


def peers(tools, folder):
    """Name → (command, port), for those whose configuration can be changed as needed."""
    def changed(name, *changes):
        text = (tools / "conf" / name).read_text()
        for old, new in changes:
            if old not in text:
                raise SystemExit(f"{name} is not as expected: no {old!r}")
            text = text.replace(old, new)
        (folder / name).write_text(text)
        return folder / name

    nginx = changed("nginx.conf", ('proxy_set_header Connection "";', UPGRADING))
    haproxy = changed("haproxy.cfg", ("timeout server 600s", "timeout server 600s\n  timeout tunnel 600s"))
    envoy = changed("envoy.yaml", (
        "generate_request_id: false",
        "generate_request_id: false\n          upgrade_configs: [ { upgrade_type: websocket } ]"))
    program = (tools / "envoy-path").read_text().strip()
    return {
        "nginx": (f"nginx -c {nginx}", 8100),
        "haproxy": (f"haproxy -db -f {haproxy}", 8110),
        "envoy": (f"{program} --concurrency 1 -c {envoy} --log-level error --disable-hot-restart "
                  "--base-id 17", 8120),
    }


def start(command, cpu):
    return subprocess.Popen(
        ["taskset", "-c", str(cpu), *shlex.split(command)], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)


def wait_for(port):
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"nothing listens on {port}")


def processes(root):
    """The process and its descendants."""
    found = [root]
    for process in found:
        for task in pathlib.Path(f"/proc/{process}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found


def cpu_nanoseconds(root):
    return sum(
        int(file.read_text().split()[0])
        for process in processes(root)
        for file in pathlib.Path(f"/proc/{process}/task").glob("*/schedstat"))


def measure(program, command, port, seconds):
    """Microseconds for each message. One proxy runs at a time."""
    proxy = start(command, 0)
    try:
        wait_for(port)
        time.sleep(0.5)
        before = cpu_nanoseconds(proxy.pid)
        result = subprocess.run(
            ["taskset", "-c", "1", program, "drive", str(port), str(CONNECTIONS), str(seconds), KEY],
            capture_output=True, text=True)
        after = cpu_nanoseconds(proxy.pid)
        if result.returncode:
            raise SystemExit(f"{command}: {result.stderr}")
        return (after - before) / 1000 / int(result.stdout)
    finally:
        proxy.terminate()
        proxy.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tools", type=pathlib.Path)
    parser.add_argument("program")
    parser.add_argument("command")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3)
    options, _ = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        proxies = peers(options.tools, pathlib.Path(folder))
        proxies["sluice"] = (options.command, 8200)
        upstream = start(f"{options.program} serve 9000", 1)
        try:
            wait_for(9000)
            figures = {name: [] for name in proxies}
            for _ in range(options.rounds):
                for name, (command, port) in proxies.items():
                    figures[name].append(
                        measure(options.program, command, port, options.seconds))
        finally:
            upstream.terminate()
            upstream.wait()
    print(f"\n## websocket: echo of 32 bytes, {CONNECTIONS} connections, CPU us a message")
    best = min(statistics.median(figures[name]) for name in figures if name != "sluice")
    for name, values in figures.items():
        median = statistics.median(values)
        print(f"{name:10} {median:6.2f} [{min(values):.2f}..{max(values):.2f}]"
              f"  {median / best:.2f} x the best peer")


main()
