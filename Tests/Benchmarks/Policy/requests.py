"""What one evaluation takes in a running gateway, building the input from the request's head
included, as the gateway's own metrics tell it; and how many it spares itself by remembering.

usage: requests.py PORT ADMIN-PORT KEY [COUNT]
"""

import re
import socket
import sys
import urllib.request

DEPTH = 16


def spent(admin):
    with urllib.request.urlopen(f"http://127.0.0.1:{admin}/stats/prometheus") as answer:
        text = answer.read().decode()

    def total(name):
        line = rf"^sluice_policy_evaluation_seconds_{name}(?:{{.*}})? (\S+)$"
        values = re.findall(line, text, re.M)
        return sum(map(float, values))

    return total("sum"), total("count")


def send(port, key, paths):
    """Requests in small bursts; the answers, whatever they are, are read to their ends."""
    client = socket.create_connection(("127.0.0.1", port))
    stream = client.makefile("rb")
    while burst := paths[:DEPTH]:
        paths = paths[DEPTH:]
        client.sendall(b"".join(
            f"GET {path} HTTP/1.1\r\nHost: bench\r\nX-API-Key: {key}\r\n"
            "User-Agent: bench\r\nAccept: */*\r\n\r\n".encode() for path in burst))
        for _ in burst:
            length = 0
            while (line := stream.readline()) != b"\r\n":
                if not line:
                    sys.exit("the gateway closed the connection")
                if line.lower().startswith(b"content-length:"):
                    length = int(line[15:])
            stream.read(length)
    client.close()


def main(port, admin, key, count="5000"):
    count = int(count)
    cases = [
        ("another path each time", [f"/get/{number}" for number in range(count)]),
        ("one path", ["/get"] * count),
    ]
    for name, paths in cases:
        send(int(port), key, paths[: count // 10])
        before = spent(admin)
        send(int(port), key, paths)
        after = spent(admin)
        evaluated = after[1] - before[1]
        mean = (after[0] - before[0]) / max(evaluated, 1) * 1e9
        print(
            f"gateway, {name}: {evaluated:.0f} of {count} decisions evaluated, "
            f"input built from the request: mean {mean:.0f} ns")


if __name__ == "__main__":
    main(*sys.argv[1:])
