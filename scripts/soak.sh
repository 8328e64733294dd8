#!/usr/bin/env bash
# What must hold while much goes on for a while.
#   scripts/soak.sh [--short] KIND...
#     handshakes  10,000 TLS handshakes under load, the certificate exchanged in the middle
#     websockets  1,000 WebSockets at a time (needs Python's websockets)
#     drain       SIGTERM under HTTP/2 load: no request is lost (needs hpack)
#     strangers   clients and an upstream that break every rule of HTTP/2 at random (needs curl)
#     memory      credentials in no memory of the egress that a core dump would have (needs root
#                 and hpack)
#     agentd      200 times kill -9 of an agentd under load: nothing that a client was told is lost,
#                 nothing runs twice, nothing is left behind
# SLUICE_BIN names a binary to use instead of building one; --short does a tenth (of agentd
# a twentieth).
set -euo pipefail
source "$(dirname "$0")/common.sh"
cd "$root"

usage() { die "usage: scripts/soak.sh [--short] handshakes|websockets|drain|strangers|memory|agentd..."; }
share=1
kinds=()
for word in "$@"; do
    case $word in
    handshakes | websockets | drain | strangers | memory | agentd) kinds+=("$word") ;;
    --short) share=10 ;;
    *) usage ;;
    esac
done
[ ${#kinds[@]} -gt 0 ] || usage
need_sluice
ulimit -n "$(ulimit -Hn)"

results=$(mktemp -d)
trap 'stop_children; rm -rf "$results"' EXIT
trap 'exit 130' INT TERM

# gateway [LINE]: starts one on a port of its own, with the line in its configuration.
gateway() {
    export SLUICE_PORT SLUICE_ADMIN_PORT SLUICE_UPSTREAM_PORT
    SLUICE_PORT=$(free_port)
    SLUICE_ADMIN_PORT=$(free_port)
    SLUICE_UPSTREAM_PORT=$(free_port)
    sed "s|^  workers:.*|&\n  ${1:-}|" Tests/Vectors/gateway.yaml >"$results/gateway.yaml"
    "$sluice" --role gateway --config "$results/gateway.yaml" 2>"$results/log" &
    pid=$!
    children+=("$pid")
    wait_for 20 curl -fsS "http://127.0.0.1:$SLUICE_ADMIN_PORT/ready" ||
        die "the gateway did not start: $(cat "$results/log")"
}

upstream() {
    python3 Tests/Vectors/upstream.py "$SLUICE_UPSTREAM_PORT" &
    children+=($!)
    wait_for 10 port_answers "$SLUICE_UPSTREAM_PORT" || die "the upstream did not start"
}

handshakes() {
    local folder=$results/tls
    scripts/make-certificate.sh "$folder" localhost
    gateway "tls: { certificates: [{ cert: $folder/cert.pem, key: $folder/key.pem }] }"
    upstream
    # The next one is of an authority of its own; both are trusted.
    scripts/make-certificate.sh "$results/next" localhost
    cp "$results/next/cert.pem" "$folder/next.pem"
    cp "$results/next/key.pem" "$folder/next-key.pem"
    cat "$results/next/ca.pem" >>"$folder/ca.pem"
    python3 Tests/Soak/handshakes.py "$SLUICE_PORT" "$pid" $((10000 / share)) "$folder"
    curl -fsS "http://127.0.0.1:$SLUICE_ADMIN_PORT/stats/prometheus" | grep envoy_listener_ssl_
}

websockets() {
    gateway
    python3 Tests/Soak/websockets_echo.py "$SLUICE_PORT" "$SLUICE_UPSTREAM_PORT" $((1000 / share))
}

drain() {
    gateway
    upstream
    python3 Tests/Soak/drain.py "$SLUICE_PORT" "$pid" 10 "$((20 / share)).5"
    local code=0
    wait "$pid" || code=$?
    [ "$code" -eq 0 ] || die "the gateway ended with $code"
}

strangers() {
    gateway
    python3 Tests/Soak/strangers.py "$SLUICE_PORT" "$SLUICE_UPSTREAM_PORT" "$pid" $((120 / share))
    # It ends as it should, whatever it was told.
    kill -TERM "$pid"
    local code=0
    wait "$pid" || code=$?
    [ "$code" -eq 0 ] || die "the gateway ended with $code"
}

memory() {
    if [ "$(id -u)" -ne 0 ]; then
        say "SKIPPED: only root may look into the memory of the egress"
        return
    fi
    local folder=$results/memory secret
    scripts/make-certificate.sh "$folder" service.example
    secret="planted/secret+$(openssl rand -hex 16)/"
    printf %s "$secret" >"$folder/secret"
    mkdir "$folder/bundle"
    cp bundles/agentd/{egress,gateway,authz_router}.rego "$folder/bundle"
    cp Tests/Soak/memory.json "$folder/bundle/data.json"
    export SLUICE_SOAK=$folder SLUICE_PORT SLUICE_ADMIN_PORT SLUICE_UPSTREAM_PORT SLUICE_H2_PORT
    SLUICE_PORT=$(free_port)
    SLUICE_ADMIN_PORT=$(free_port)
    SLUICE_UPSTREAM_PORT=$(free_port)
    SLUICE_H2_PORT=$(free_port)
    python3 Tests/Soak/h2_service.py "$SLUICE_H2_PORT" "$folder/cert.pem" "$folder/key.pem" \
        "$secret" &
    children+=($!)
    "$sluice" demo-upstream --listen "127.0.0.1:$SLUICE_UPSTREAM_PORT" \
        --tls-cert "$folder/cert.pem" --tls-key "$folder/key.pem" 2>"$results/upstream" &
    children+=($!)
    "$sluice" --role egress --config Tests/Soak/memory.yaml 2>"$results/log" &
    local pid=$!
    children+=("$pid")
    wait_for 10 port_answers "$SLUICE_UPSTREAM_PORT" || die "$(cat "$results/upstream")"
    wait_for 10 port_answers "$SLUICE_H2_PORT" || die "the HTTP/2 service did not start"
    wait_for 10 port_answers "$SLUICE_PORT" || die "the egress did not start: $(cat "$results/log")"
    python3 Tests/Soak/memory.py "$SLUICE_PORT" "$pid" 64 "$secret" \
        bearer header basic query bearer-h2 header-h2 basic-h2 query-h2
}

agentd() {
    local rounds=200
    [ "$share" -eq 1 ] || rounds=10
    export SLUICE_SOAK=$results/agentd SLUICE_PORT SLUICE_ADMIN_PORT
    SLUICE_PORT=$(free_port)
    SLUICE_ADMIN_PORT=$(free_port)
    mkdir "$SLUICE_SOAK"
    python3 Tests/Soak/agentd.py "$sluice" "$SLUICE_PORT" "$SLUICE_SOAK" "$rounds" ||
        die "the last lines of the daemon: $(tail -n 5 "$SLUICE_SOAK/log")"
}

for kind in "${kinds[@]}"; do
    step "$kind"
    "$kind"
    stop_children || true
done
say "soak: all of it held"
