#!/usr/bin/env bash
# Writes the egress's credentials to a JSON file, from environment variables or a .env file:
#
#     scripts/generate-egress-secrets.sh [--env FILE] [--output FILE]
#
# config/egress.yaml reads a token from it with `source: "file:egress_secrets.json#openai.token"`.
# Every variable has to be set: OPENAI_API_KEY ANTHROPIC_API_KEY GITHUB_TOKEN SLACK_BOT_TOKEN.
set -euo pipefail

env_file=""
output="egress_secrets.json"
usage() { sed -n '2,7s/^# \{0,1\}//p' "$0"; }
while [ $# -gt 0 ]; do
    case "$1" in
        --env) env_file="${2:?--env needs a file}"; shift 2 ;;
        -o | --output) output="${2:?--output needs a file}"; shift 2 ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done

ENV_FILE="$env_file" OUTPUT="$output" exec python3 - <<'PYTHON'
import json
import os
import sys
import tempfile

SERVICES = [
    ("openai", "bearer", "OPENAI_API_KEY"),
    ("anthropic", "api_key", "ANTHROPIC_API_KEY"),
    ("github", "bearer", "GITHUB_TOKEN"),
    ("slack", "bearer", "SLACK_BOT_TOKEN"),
]


def fail(reason):
    sys.exit(f"generate-egress-secrets: {reason}")


def read_env_file(path):
    """NAME=VALUE lines; a value may be quoted, and nothing in it is expanded."""
    values = {}
    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
    except OSError as error:
        fail(f"{path}: {error.strerror}")
    for number, line in enumerate(lines, 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.removeprefix("export ").partition("=")
        if not equals:
            fail(f"{path}:{number}: not NAME=VALUE")
        value = value.strip()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        values[name.strip()] = value
    return values


def write(path, document):
    """The file is there as a whole or not at all, and for its owner alone."""
    folder = os.path.dirname(os.path.abspath(path))
    try:
        descriptor, part = tempfile.mkstemp(dir=folder)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=2)
            file.write("\n")
            os.fchmod(file.fileno(), 0o600)
        os.replace(part, path)
    except OSError as error:
        fail(f"{path}: {error.strerror}")


values = dict(os.environ)
if os.environ["ENV_FILE"]:
    values.update(read_env_file(os.environ["ENV_FILE"]))
missing = [name for _, _, name in SERVICES if not values.get(name, "").strip()]
if missing:
    fail(f"not set or empty: {', '.join(missing)}")
broken = [
    name for _, _, name in SERVICES
    if "${" in values[name] or any(ord(c) < 32 or ord(c) == 127 for c in values[name])
]
if broken:
    fail(f"not a credential (control characters, or a literal ${{…}}): {', '.join(broken)}")
credentials = {
    service: {"type": kind, "token": values[name]} for service, kind, name in SERVICES
}
write(os.environ["OUTPUT"], {"egress_credentials": credentials})
print(f"wrote {len(credentials)} credentials to {os.environ['OUTPUT']} (mode 0600)")
PYTHON
