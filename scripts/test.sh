#!/usr/bin/env bash
# Everything that must hold: builds, policy tests, hostile traffic over sockets, and the Swift tests,
# whose closing line is the last. Exit code 0 when all of it passed.
set -euo pipefail
source "$(dirname "$0")/common.sh"
cd "$root"

./scripts/setup.sh

step "build (release)"
need_sluice
export SLUICE_BIN=$sluice

step "sluice check: the shipped configuration"
for file in config/dev.yaml config/gateway.yaml config/agentd.yaml; do
    "$sluice" check --config "$file"
done

step "sluice policy test: the shipped bundle"
"$sluice" policy test bundles/agentd --fail-on-empty

step "hostile traffic over sockets (a part; scripts/vectors.sh h1 h2 grpc ws attacks runs all)"
./scripts/vectors.sh --short h1 h2 conformance grpc ws attacks

step "TLS handshakes with a reload, WebSockets, SIGTERM under load, hostile peers, memory, and an agentd that is killed (a part of scripts/soak.sh)"
./scripts/soak.sh --short handshakes websockets drain strangers memory agentd

step "agentd through the gateway: what it runs, every way it says no, and the record of it"
./scripts/agentd.sh

step "the HTTP API, asked what its document allows and what it does not, by schemathesis"
./scripts/schemathesis.sh --short

step "build (debug, with tests)"
# By name: all products would include the compiler that swift-protobuf brings along.
for product in sluice echo-server sluicePackageTests; do
    swift build --scratch-path "$build_dir" --product "$product"
done

step "the gRPC server, called by grpcio"
ECHO_SERVER=$build_dir/debug/echo-server ./scripts/grpc.sh

step "Swift tests"
output=$(mktemp)
trap 'rm -f "$output"' EXIT
status=0
swift test --scratch-path "$build_dir" --skip-build --disable-xctest 2>&1 | tee "$output" ||
    status=$?
# The runner's own count again, where whoever reads the last line finds it.
closing=$(grep -E 'Test run with [0-9]+ tests' "$output" | tail -n 1) ||
    die "the Swift tests ended with $status and without a closing line"
say "$closing"
exit "$status"
