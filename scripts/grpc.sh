#!/usr/bin/env bash
# Calls the gRPC server with grpcio, which is not ours: all kinds of methods, metadata, deadlines,
# cancellation, 4 MiB, compression, statuses with details, health, reflection, JSON and gRPC-Web.
# Needs Python's grpcio, grpcio-health-checking, grpcio-reflection and grpcio-status.
# ECHO_SERVER names a binary of echo-server to use instead of building one.
set -euo pipefail
source "$(dirname "$0")/common.sh"
cd "$root"

if ! python3 -c 'import grpc, grpc_health.v1, grpc_reflection.v1alpha, grpc_status' 2>/dev/null; then
    say "SKIPPED: Python has no grpcio with health checking, reflection and status (pip install them)"
    exit 0
fi
server=${ECHO_SERVER:-}
if [ -z "$server" ]; then
    swift build --scratch-path "$build_dir" --product echo-server
    server=$build_dir/debug/echo-server
fi

port=$(free_port)
trap stop_children EXIT
"$server" "$port" >/dev/null &
children=($!)
wait_for 10 port_answers "$port" || die "the server did not start"

expected=$(grep -c '^def t_' Tests/GRPC/client.py)
closing=$(python3 Tests/GRPC/client.py "$port" | tee >(cat >&2) | tail -n 1) || true
[ "$closing" = "$expected passed, 0 failed" ] ||
    die "grpc: $closing (expected: $expected passed, 0 failed)"
say "grpc: $closing"
