"""Writes a bundle that is dear to load: 1,000 rules in 50 modules, and 100,000 API keys.

usage: generate.py FOLDER
"""

import hashlib
import json
import os
import sys

KEY = "k7-0123456789abcdef0123456789abcdef"
MODULES = 50
RULES = 20
KEYS = 100_000

AUTHZ = """package agentd.authz

decision := {"allowed": allowed, "deny_reasons": reasons}

default allowed := false

allowed if {
	input.attributes.request.http.method == "GET"
	every part in data.parts { part.fine }
	input.attributes.request.http.headers["x-open"] == "sesame"
}

reasons contains "not today" if not allowed
"""


def module(number):
    lines = [f"package parts.p{number}", "", "fine if count(refused) == 0", ""]
    for rule in range(RULES):
        lines += [
            f'refused contains "r{rule}" if {{',
            f'\tinput.attributes.request.http.path == "/part/{number}/{rule}"',
            f"\tsome word in split(input.attributes.request.http.path, \"/\")",
            f'\tword == "x{rule}"',
            "}",
            "",
        ]
    return "\n".join(lines)


def keys():
    for number in range(KEYS):
        key = KEY if number == 0 else f"k{number}-{number * 7919:032x}"
        yield {
            "id": f"key-{number}",
            "key_hash": "sha256:" + hashlib.sha256(key.encode()).hexdigest(),
            "enabled": True,
            "role": "user",
            "rate_limit_tier": "unlimited",
        }


def main(folder):
    os.makedirs(folder, exist_ok=True)

    def write(name, text):
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)

    write("authz.rego", AUTHZ)
    for number in range(MODULES):
        write(f"part{number}.rego", module(number))
    tiers = {"unlimited": {"requests_per_minute": -1}}
    write("data.json", json.dumps({"api_keys": list(keys()), "rate_limit_tiers": tiers}))
    write("request", f"GET /part/1/1 HTTP/1.1\r\nHost: swap\r\nX-API-Key: {KEY}\r\n\r\n")


if __name__ == "__main__":
    main(sys.argv[1])
