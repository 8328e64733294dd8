"""Checks that a server keeps to HTTP/2 as the RFCs have it, case by case over connections of its
own: what it has to take, what it has to refuse, and with which error.

The cases go through the sections that h2spec goes through, and accept what it accepts. A connection
that ends counts as any error, as nobody has to say why.

    run.py [--tls] [--only PREFIX] [--timeout SECONDS] HOST:PORT
    run.py --count      prints how many cases there are
"""
import argparse
import concurrent.futures
import sys

import cases
import closing  # noqa: F401: adds its cases
import generic  # noqa: F401
import http2  # noqa: F401
import messages  # noqa: F401
import wire


def outcome(target, case):
    """PASS, FAIL or SKIP, and why."""
    try:
        connection = wire.Connection(target)
        try:
            if case.shakes_hands:
                connection.handshake()
            case.run(connection)
        finally:
            connection.close()
    except wire.Skipped as reason:
        return "SKIP", str(reason)
    except (wire.Failed, OSError) as reason:
        return "FAIL", str(reason)
    return "PASS", ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--timeout", type=float, default=2)
    parser.add_argument("--count", action="store_true")
    parser.add_argument("address", nargs="?")
    options = parser.parse_args()
    if options.count:
        return print(len(cases.CASES))
    if not options.address:
        parser.error("no address")
    host, _, port = options.address.rpartition(":")
    target = wire.Target(host, int(port), options.tls, options.timeout)
    try:
        target.content_bytes = wire.content_length(target)
    except (wire.Failed, OSError) as reason:
        sys.exit(f"GET /: {reason}")
    chosen = [case for case in cases.CASES if case.name.startswith(options.only)]
    counts = dict(PASS=0, FAIL=0, SKIP=0)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for case, (result, why) in zip(chosen, pool.map(lambda one: outcome(target, one), chosen)):
            counts[result] += 1
            if result != "PASS":
                print(f"{result} {case.name} {case.what}: {why}", flush=True)
    if counts["SKIP"]:
        print(f"{counts['SKIP']} skipped")
    print(f"{counts['PASS']} passed, {counts['FAIL']} failed")
    sys.exit(1 if counts["FAIL"] else 0)


main()
