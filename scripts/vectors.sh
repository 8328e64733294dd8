#!/usr/bin/env bash
# Hostile and correct traffic through a running gateway, judged by what reaches the upstream.
#   scripts/vectors.sh [--short] SUITE...
#     h1       HTTP/1.1 requests, and hostile answers of an upstream; --short: a few files only
#     h2       HTTP/2 requests towards an HTTP/1.1 upstream (needs Python's hpack)
#     conformance  HTTP/2 as the RFCs have it, section by section as h2spec does, plain and with TLS;
#              against requests that are forwarded, and ones that are refused (needs hpack)
#     grpc     gRPC calls through the gateway, HTTP/2 on both sides (needs grpcio)
#     tls      what sslyze finds, judged by Mozilla's intermediate configuration (needs sslyze)
#     ws       WebSocket (needs websockets)
#     attacks  floods, while other clients are measured (needs psutil); --short: the quick ones
# The vectors are at SLUICE_VECTORS (default ../shared/vectors/data), the runners in the folder
# above. SLUICE_BIN names a binary to use instead of building one.
set -euo pipefail
source "$(dirname "$0")/common.sh"
cd "$root"

usage() { die "usage: scripts/vectors.sh [--short] h1|h2|conformance|grpc|tls|ws|attacks..."; }
short=no
suites=()
for word in "$@"; do
    case $word in
    h1 | h2 | conformance | grpc | tls | ws | attacks) suites+=("$word") ;;
    --short) short=yes ;;
    *) usage ;;
    esac
done
[ ${#suites[@]} -gt 0 ] || usage

vectors=$(realpath -m "${SLUICE_VECTORS:-../shared/vectors/data}")
runners=$(dirname "$vectors")
if [ ! -e "$runners/h1run.py" ]; then
    say "SKIPPED: no vectors at $vectors (set SLUICE_VECTORS)"
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
        print(" ", case.get("file", ""), case["id"], case["status"], "; ".join(case["why"]))
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
    local expected
    expected=$(python3 - "$runners/wsrun.py" <<'PYTHON'
import re, sys
text = open(sys.argv[1]).read()
sizes = re.search(r"for n in \(([^)]*)\):\s+def mk", text).group(1)
print(len(re.findall(r"(?m)^@t$", text)) + len(sizes.split(",")))
PYTHON
    )
    judge websockets "$expected" python3 "$runners/wsrun.py" --proxy "127.0.0.1:$SLUICE_PORT" \
        --upstream-port "$SLUICE_UPSTREAM_PORT" --header "X-API-Key: $key"
}

# judge NAME EXPECTED COMMAND...: fails unless the command's last line says that so many passed.
judge() {
    local name=$1 expected=$2 closing
    shift 2
    closing=$("$@" | tee >(cat >&2) | tail -n 1) || true
    if [ "$closing" != "$expected passed, 0 failed" ]; then
        say "FAILED: $name: $closing (expected: $expected passed, 0 failed)"
        failures=$((failures + 1))
    fi
}

# gRPC calls to servers that the runners are themselves; the second compares with direct calls.
grpc() {
    judge grpc "$(grep -c '^def t_' "$runners/grpcrun.py")" \
        python3 "$runners/grpcrun.py" --proxy "127.0.0.1:$SLUICE_PORT" \
        --upstream-port "$SLUICE_UPSTREAM_PORT" --metadata "x-api-key:$key"
    judge "grpc, as without a gateway" "$(python3 Tests/Vectors/grpc_alike.py --count)" \
        python3 Tests/Vectors/grpc_alike.py --proxy "127.0.0.1:$SLUICE_PORT" \
        --upstream-port "$SLUICE_UPSTREAM_PORT" --metadata "x-api-key:$key"
}

# Four gateways' worth of HTTP/2, each judged by all cases: the one that runs, which forwards, one
# that asks for a key, and both again behind TLS.
conformance() {
    local upstream expected name kind address pid
    python3 Tests/Vectors/upstream.py "$SLUICE_UPSTREAM_PORT" &
    upstream=$!
    children+=("$upstream")
    wait_for 10 port_answers "$SLUICE_UPSTREAM_PORT" || die "the upstream did not start"
    expected=$(python3 Tests/Conformance/run.py --count)
    scripts/make-certificate.sh "$results/tls" localhost 127.0.0.1
    judge "conformance" "$expected" python3 Tests/Conformance/run.py "127.0.0.1:$SLUICE_PORT"
    local listener="tls: { certificates: [{ cert: $results/tls/cert.pem, key: $results/tls/key.pem }] }"
    for name in forwarded,tls refused refused,tls; do
        address=127.0.0.1:$(free_port)
        kind=${name%,*}
        sed "s|^  listen:.*|  listen: $address|; s|^  admin:.*|  admin: 127.0.0.1:$(free_port)|" \
            Tests/Vectors/gateway.yaml >"$results/$name.yaml"
        [ "$kind" = forwarded ] || sed -i 's/auth: optional/auth: required/' "$results/$name.yaml"
        [ "$name" = "$kind" ] || sed -i "s|^  admin:|  $listener\n  admin:|" "$results/$name.yaml"
        "$sluice" --role gateway --config "$results/$name.yaml" 2>"$results/$name.log" &
        pid=$!
        children+=("$pid")
        wait_for 10 port_answers "${address##*:}" || die "$(cat "$results/$name.log")"
        judge "conformance $name" "$expected" python3 Tests/Conformance/run.py \
            $([ "$name" = "$kind" ] || printf %s --tls) "$address"
        kill "$pid"
    done
    kill "$upstream"
    children=("${children[0]}")
}

# testssl_finds_nothing PORT: what Debian's testssl.sh says of the server, if it is installed.
testssl_finds_nothing() {
    command -v testssl >/dev/null || { say "SKIPPED: no testssl (Debian's testssl.sh)"; return 0; }
    testssl --quiet --warnings off --color 0 --protocols --std --server-preference --fs --vulnerable \
        "127.0.0.1:$1" </dev/null >"$results/testssl" 2>&1 || true
    if grep -E "NOT ok|VULNERABLE" "$results/testssl"; then return 1; fi
    grep -qE "^ Heartbleed .*not vulnerable" "$results/testssl" || { cat "$results/testssl"; return 1; }
    say "testssl: $(grep -c '(OK)' "$results/testssl") checks passed, 0 failed"
}

# A gateway with TLS, looked at from outside.
tls() {
    local port pid
    scripts/make-certificate.sh "$results/tls" localhost 127.0.0.1
    port=$(free_port)
    local listener="tls: { certificates: [{ cert: $results/tls/cert.pem, key: $results/tls/key.pem }] }"
    sed "s|^  listen:.*|  listen: 127.0.0.1:$port\n  $listener|
        s|^  admin:.*|  admin: 127.0.0.1:$(free_port)|" \
        Tests/Vectors/gateway.yaml >"$results/tls.yaml"
    "$sluice" --role gateway --config "$results/tls.yaml" 2>"$results/tls.log" &
    pid=$!
    children+=("$pid")
    wait_for 10 port_answers "$port" || die "$(cat "$results/tls.log")"
    python3 Tests/Vectors/weaknesses.py "127.0.0.1:$port" || failures=$((failures + 1))
    testssl_finds_nothing "$port" || failures=$((failures + 1))
    kill "$pid"
    children=("${children[0]}")
}

quick_attacks=(rapid_reset made_you_reset made_you_reset_priority continuation_flood hpack_bomb)

attacks() {
    local upstream arguments name
    python3 Tests/Vectors/upstream.py "$SLUICE_UPSTREAM_PORT" &
    upstream=$!
    children+=("$upstream")
    wait_for 10 port_answers "$SLUICE_UPSTREAM_PORT" || die "the upstream did not start"
    arguments=(--h2 "127.0.0.1:$SLUICE_PORT" --h1 "127.0.0.1:$SLUICE_PORT" --pid "${children[0]}"
        --header "X-API-Key: $key")
    if [ "$short" = yes ]; then
        for name in "${quick_attacks[@]}"; do
            judge "attacks $name" 1 \
                python3 "$runners/attacks.py" "${arguments[@]}" --only "$name"
        done
    else
        judge attacks "$(sed -n 's/^ATT=//p' "$runners/attacks.py" | tr ',' '\n' | wc -l)" \
            python3 "$runners/attacks.py" "${arguments[@]}"
    fi
    kill "$upstream"
    children=("${children[0]}")
}

# has MODULE SUITE: whether Python has what the suite's runner needs.
has() {
    python3 -c "import $1" 2>/dev/null && return
    say "SKIPPED: $2: Python has no module $1 (pip install it)"
    return 1
}

http1() {
    local only
    if [ "$short" = yes ]; then
        for only in own-h1-framing own-h1-path own-h1-host; do
            run "$only" "$(count h1-request "$only")" h1run.py --only "$only"
        done
    else
        run requests "$(count h1-request '')" h1run.py
        run responses "$(count h1-response '')" resprun.py
    fi
}

for suite in "${suites[@]}"; do
    case $suite in
    h1) http1 ;;
    h2) ! has hpack h2 || run h2 "$(count h2-request '')" h2run.py ;;
    conformance) ! has hpack conformance || conformance ;;
    grpc) ! has grpc grpc || grpc ;;
    tls) ! has sslyze tls || tls ;;
    ws) ! has websockets.asyncio.client ws || websockets ;;
    attacks) ! has psutil attacks || attacks ;;
    esac
done

is_alive() { kill -0 "${children[0]}" 2>/dev/null; }
is_alive || { say "FAILED: the gateway ended during the run"; failures=$((failures + 1)); }
[ "$failures" -eq 0 ] || die "vectors: $failures of the runs above failed"
say "vectors: all runs passed"
