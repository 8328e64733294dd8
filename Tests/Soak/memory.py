#!/usr/bin/env python3
"""Calls services that are given credentials, then looks for these in the memory of the egress.

usage: memory.py PORT PID CALLS SECRET SERVICE...
A core dump would hold all mappings but those that are marked not to be dumped (`dd` in smaps): none
of them may hold the secret, in any of six spellings or as HTTP/2 codes it. It must be found in those
that are marked, or the search itself is broken. Needs root: the process lets nobody else look; and
Python's hpack.
"""
import base64
import concurrent.futures
import http.client
import sys
import urllib.parse

from hpack.huffman import HuffmanEncoder
from hpack.huffman_constants import REQUEST_CODES, REQUEST_CODES_LENGTH


def call(port, service, number):
    """Every other one with content, which shares a TLS record with the head."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(
        "POST" if number % 2 else "GET", "/x", body=b"content" if number % 2 else None,
        headers={"Host": service, "X-Sandbox-ID": "sbx-1"})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content


def spellings(secret):
    raw = secret.encode()
    # Whatever stands before it in a text, two of three groups of base64 have the same letters.
    basic = base64.b64encode(b"me:" + raw)[4:-4]
    percent = urllib.parse.quote(secret, safe="")
    coder = HuffmanEncoder(REQUEST_CODES, REQUEST_CODES_LENGTH)
    # The last byte has bits of what follows, or of the padding.
    coded = {
        name: coder.encode(text.encode())[:-1]
        for name, text in {
            "coded bearer": f"Bearer {secret}",
            "coded header": secret,
            "coded basic": "Basic " + base64.b64encode(b"me:" + raw).decode(),
            "coded query": f"/x?key={percent}",
        }.items()
    }
    return coded | {
        "raw": raw,
        "base64": base64.b64encode(raw)[:-4],
        "base64url": base64.urlsafe_b64encode(raw)[:-4],
        "basic": basic,
        "hex": raw.hex().encode(),
        "percent": percent.encode(),
    }


def mappings(pid):
    """The address range and the flags of each readable mapping."""
    found = None
    for line in open(f"/proc/{pid}/smaps"):
        words = line.split()
        if words[0] == "VmFlags:":
            if found and "rd" in words:
                yield found, "dd" in words
        elif "-" in words[0] and not words[0].endswith(":"):
            special = len(words) > 5 and words[5].startswith("[v")
            found = None if special else tuple(int(end, 16) for end in words[0].split("-"))


def search(pid, needles):
    leaks, controls = [], set()
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for (start, end), is_marked in mappings(pid):
            memory.seek(start)
            content = memory.read(end - start)
            for name, needle in needles.items():
                if needle not in content:
                    continue
                if is_marked:
                    controls.add(name)
                else:
                    leaks.append(f"{name} at {start + content.index(needle):#x}")
    return leaks, controls


def round_of(calls, port, service):
    """That many calls at once, so that some have to wait for a connection."""
    with concurrent.futures.ThreadPoolExecutor(calls) as pool:
        return list(pool.map(lambda number: call(port, service, number), range(calls)))


def main():
    port, pid, calls, secret = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    needles = spellings(secret)
    answers, leaks, controls = [], [], set()
    for service in sys.argv[5:]:
        answers += round_of(calls, port, service)
        found, marked = search(pid, needles)
        leaks += found
        controls |= marked
    wrong = [status for status, _ in answers if status != 200]
    told = [name for name, n in needles.items() for _, content in answers if n in content]
    print(
        f"{len(answers)} calls, {len(wrong)} not answered with 200; found where it may be: "
        f"{', '.join(sorted(controls))}; leaks: {', '.join(leaks + told) or 'none'}")
    # What the egress sends by HTTP/2 is not in Huffman's code; it is looked for all the same.
    known = {"raw", "basic", "percent"}
    if unseen := known - controls:
        print(f"the look is blind: not found where they have to be: {', '.join(sorted(unseen))}")
    sys.exit(bool(wrong or leaks or told or unseen))


main()
