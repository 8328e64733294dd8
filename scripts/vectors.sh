#!/usr/bin/env bash
# Hostile and correct traffic through a running gateway, judged by what reaches the upstream.
#   scripts/vectors.sh h1            HTTP/1.1 requests, and hostile answers of an upstream
#   scripts/vectors.sh h1 --short    requests of a few files only
#   scripts/vectors.sh ws            WebSocket (needs Python's websockets package)
# The vectors are at SLUICE_VECTORS (default ../shared/vectors/data), the runners in the folder
# above. SLUICE_BIN names a binary to use instead of building one.
set -euo pipefail
source "$(dirname "$0")/common.sh"
cd "$root"

usage() { die "usage: scripts/vectors.sh h1 [--short] | ws"; }
short=no
case "$*" in
h1 | ws) ;;
"h1 --short") short=yes ;;
*) usage ;;
esac
suite=$1

vectors=$(realpath -m "${SLUICE_VECTORS:-../shared/vectors/data}")
runners=$(dirname "$vectors")
if [ ! -e "$runners/h1run.py" ]; then
    say "SKIPPED: no vectors at $vectors (set SLUICE_VECTORS)"
    exit 0
fi
if [ "$suite" = ws ] && ! python3 -c 'import websockets.asyncio.client' 2>/dev/null; then
    say "SKIPPED: Python has no websockets package (pip install websockets)"
    exit 0
fi
need_sluice

key=vector-key-0123456789abcdef
results=$(mktemp -d)
trap 'stop_children; rm -rf "$results"' EXIT
trap 'exit 130' INT TERM

export SLUICE_PORT SLUICE_ADMIN_PORT SLUICE_UPSTREAM_PORT
SLUICE_PORT=$(free_port)
SLUICE_ADMIN_PORT=$(free_port)
SLUICE_UPSTREAM_PORT=$(free_port)

"$sluice" --role gateway --config Tests/Vectors/gateway.yaml 2>"$results/sluice.log" &
children=($!)
if ! wait_for 20 curl -fsS "http://127.0.0.1:$SLUICE_ADMIN_PORT/ready"; then
    cat "$results/sluice.log" >&2
    die "the gateway did not become ready"
fi

# run NAME EXPECTED RUNNER ARGUMENTS...: fails unless every vector passed and as many ran as expected.
failures=0
run() {
    local name=$1 expected=$2 runner=$3 closing
    shift 3
    python3 "$runners/$runner" --proxy "127.0.0.1:$SLUICE_PORT" \
        --upstream-port "$SLUICE_UPSTREAM_PORT" --vectors "$vectors" \
        --add-header "X-API-Key: $key" --out "$results/$name.json" "$@" |
        tee "$results/$name.txt"
    closing=$(tail -n 1 "$results/$name.txt")
    if [ "$closing" != "$expected passed, 0 failed" ]; then
        say "FAILED: $name: $closing (expected: $expected passed, 0 failed)"
        python3 - "$results/$name.json" <<'PYTHON'
import json, sys
for case in json.load(open(sys.argv[1])):
    if case["why"]:
        print(" ", case["file"], case["id"], case["status"], "; ".join(case["why"]))
PYTHON
        failures=$((failures + 1))
    fi
}

# count KIND PREFIX: how many vectors of that kind are in the files whose names begin so.
count() {
    python3 - "$vectors" "$1" "$2" <<'PYTHON'
import glob, json, os, sys
folder, kind, prefix = sys.argv[1:]
files = [json.load(open(path)) for path in glob.glob(folder + "/*.json")
         if prefix in os.path.basename(path)]
print(sum(len(file["vectors"]) for file in files if file.get("kind") == kind))
PYTHON
}

# WebSocket connections through the gateway, to an echo server that the runner is itself.
websockets() {
    local expected closing
    expected=$(python3 - "$runners/wsrun.py" <<'PYTHON'
import re, sys
text = open(sys.argv[1]).read()
sizes = re.search(r"for n in \(([^)]*)\):\s+def mk", text).group(1)
print(len(re.findall(r"(?m)^@t$", text)) + len(sizes.split(",")))
PYTHON
    )
    closing=$(python3 "$runners/wsrun.py" --proxy "127.0.0.1:$SLUICE_PORT" \
        --upstream-port "$SLUICE_UPSTREAM_PORT" --header "X-API-Key: $key" |
        tee /dev/stderr | tail -n 1)
    if [ "$closing" != "$expected passed, 0 failed" ]; then
        say "FAILED: websockets: $closing (expected: $expected passed, 0 failed)"
        failures=$((failures + 1))
    fi
}

if [ "$suite" = ws ]; then
    websockets
elif [ "$short" = yes ]; then
    for only in own-h1-framing own-h1-path own-h1-host; do
        run "$only" "$(count h1-request "$only")" h1run.py --only "$only"
    done
else
    run requests "$(count h1-request '')" h1run.py
    run responses "$(count h1-response '')" resprun.py
fi

is_alive() { kill -0 "${children[0]}" 2>/dev/null; }
is_alive || { say "FAILED: the gateway ended during the run"; failures=$((failures + 1)); }
[ "$failures" -eq 0 ] || die "vectors: $failures of the runs above failed"
say "vectors: all runs passed"
