#!/usr/bin/env bash
# Measures Sluice, beside its peers where there are any.
#   scripts/bench.sh gateway   CPU time per proxied request, with nginx, HAProxy and a bare forwarder
#   scripts/bench.sh egress    the same for a call to a service over TLS 1.3: Sluice with policy,
#                              limits, credential and log, its peers with the proxying alone
#   scripts/bench.sh streaming how events and bodies of 1 GiB pass the egress, or it fails
#   scripts/bench.sh tls       the same with TLS on either side, and handshakes, with nginx and HAProxy
#   scripts/bench.sh protocols   the same for HTTP/2, gRPC, TLS and WebSocket, with Envoy as well
#   scripts/bench.sh idle      memory per idle connection, 10,000 of them
#   scripts/bench.sh allocations   heap allocations per warm request: none, or it fails
#   scripts/bench.sh policy    one decision: time and allocations, beside regorus and regopy
#   scripts/bench.sh scrubbing keeping a credential out of 64 KiB, beside copying them, and end to end;
#                              signing
#   scripts/bench.sh sandbox   starting a command: fork+exec, bwrap, new, pooled and used sandboxes
#   scripts/bench.sh budgets   how long hostile policies go on past their budget: 50 ms, or it fails
#   scripts/bench.sh swap      the longest wait of a request: alone, with bundles exchanged, and
#                              beside a process of the lowest priority
#   scripts/bench.sh attacks   the p99 of other clients while one attacks; names choose attacks
#   scripts/bench.sh load      loading a large bundle: time and memory
# The load tools come from SLUICE_BENCH_SOURCE (default ../shared/bench); they are built once into
# SLUICE_BENCH_DIR (default ~/.cache/sluice-bench). SLUICE_BIN names a binary instead of building
# one, SLUICE_BENCH_BIN a sluice-bench. More arguments go to the tool:
#   scripts/bench.sh gateway --rounds 5 --cases get,post4k
set -euo pipefail
source "$(dirname "$0")/common.sh"
cd "$root"

source_dir=$(realpath -m "${SLUICE_BENCH_SOURCE:-../shared/bench}")
kind=${1:-}
[ $# -gt 0 ] && shift

need_tools() {
    if [ ! -e "$source_dir/proxy/bench.py" ]; then
        say "SKIPPED: no load tools at $source_dir (set SLUICE_BENCH_SOURCE)"
        exit 0
    fi
    [ -e "${SLUICE_BENCH_DIR:-$HOME/.cache/sluice-bench}/ready" ] || "$source_dir/proxy/setup.sh"
}

# isolated COMMAND...: the ports are fixed; in a network of its own nothing else can have them.
isolated() {
    if unshare -n ip link show lo >/dev/null 2>&1; then
        unshare -n sh -c 'ip link set lo up; exec "$@"' sh "$@"
    else
        "$@"
    fi
}

# proxies NAME...: the benchmark of proxies with Sluice and the arguments.
proxies() {
    need_tools
    need_sluice
    results=$(mktemp -d)
    trap 'rm -rf "$results"' EXIT
    export SLUICE_PORT=8200 SLUICE_ADMIN_PORT=8299 SLUICE_ACCESS_LOG=$results/access.log
    isolated python3 "$source_dir/proxy/bench.py" --add sluice \
        --cmd "$sluice --role gateway --config $root/Tests/Bench/gateway.yaml" \
        --urls h1=8200 "$@"
    say "access log of the run: $(wc -l <"$SLUICE_ACCESS_LOG") lines"
}

# secured_listener PORT ADMIN-PORT: the gateway's configuration with TLS for clients.
secured_listener() {
    local certificates=${SLUICE_BENCH_DIR:-$HOME/.cache/sluice-bench}/certs
    local tls="tls: { certificates: [{ cert: $certificates/cert.pem, key: $certificates/key.pem }] }"
    sed "s|^  listen:.*|  listen: 127.0.0.1:$1\n  $tls|; s|^  admin:.*|  admin: 127.0.0.1:$2|" \
        Tests/Bench/gateway.yaml
}

# egress_bundle FOLDER: the shipped policies with the data of the benchmarks.
egress_bundle() {
    mkdir "$1"
    cp bundles/agentd/{egress,gateway,authz_router}.rego "$1"
    cp Tests/Bench/egress-data.json "$1/data.json"
    export SLUICE_BENCH_BUNDLE=$1 SLUICE_BENCH_KEY=bench-key-0123456789abcdef0123456789abcdef
}

# Sets $bench to the measuring program.
need_bench() {
    bench=${SLUICE_BENCH_BIN:-}
    [ -n "$bench" ] && return
    swift build --scratch-path "$build_dir" -c release --product sluice-bench
    bench=$build_dir/release/sluice-bench
}

# The benchmark of proxies with the egress, whose calls name their sandbox.
egress() {
    need_tools
    need_sluice
    results=$(mktemp -d)
    trap 'rm -rf "$results"' EXIT
    local tools=${SLUICE_BENCH_DIR:-$HOME/.cache/sluice-bench}
    egress_bundle "$results/bundle"
    mkdir "$results/tools"
    ln -s "$tools"/* "$results/tools/"
    rm "$results/tools/conf"
    cp -r "$tools/conf" "$results/tools/conf"
    printf 'wrk.headers["x-sandbox-id"]="sbx-bench"\n' >>"$results/tools/conf/wrk.lua"
    export SLUICE_PORT=8203 SLUICE_ADMIN_PORT=8299 SLUICE_ACCESS_LOG=$results/access.log
    export SLUICE_BENCH_CERT=$tools/certs/cert.pem
    SLUICE_BENCH_DIR=$results/tools isolated python3 "$source_dir/proxy/bench.py" \
        --add sluice --cmd "$sluice --role egress --config $root/Tests/Bench/egress.yaml" \
        --urls egress=8203 "$@"
    say "access log of the run: $(wc -l <"$SLUICE_ACCESS_LOG") lines"
}

# Sets $bench to the measuring program and $data to the folder of what the generators write, which
# takes a minute the first time.
need_policy_bench() {
    if [ ! -e "$source_dir/policy/gen.py" ]; then
        say "SKIPPED: no policies at $source_dir (set SLUICE_BENCH_SOURCE)"
        exit 0
    fi
    need_bench
    data=${SLUICE_BENCH_DIR:-$HOME/.cache/sluice-bench}/policy
    if [ ! -e "$data/ready" ]; then
        mkdir -p "$data"
        (cd "$data" && python3 "$source_dir/policy/gen.py" && python3 "$source_dir/policy/gen_load.py")
        touch "$data/ready"
    fi
}

# Sets $peers to a Python environment with the other engines.
need_policy_peers() {
    peers=${SLUICE_BENCH_DIR:-$HOME/.cache/sluice-bench}/policy-peers
    [ -e "$peers/ready" ] && return
    python3 -m venv "$peers"
    "$peers/bin/pip" install --quiet gordon-to-regorus==0.13.0 regopy==1.5.2 ||
        die "the other engines cannot be installed"
    touch "$peers/ready"
}

# demo ROLE CONFIGURATION [UPSTREAM]: a demo upstream, or a program that takes a port, and the role
# before it; sets $SLUICE_PORT, $SLUICE_UPSTREAM_PORT and, in children, their processes. $results is
# there.
demo() {
    SLUICE_PORT=$(free_port)
    SLUICE_ADMIN_PORT=$(free_port)
    SLUICE_UPSTREAM_PORT=$(free_port)
    export SLUICE_PORT SLUICE_ADMIN_PORT SLUICE_UPSTREAM_PORT
    local upstream=("$sluice" demo-upstream --listen "127.0.0.1:$SLUICE_UPSTREAM_PORT")
    [ $# -gt 2 ] && upstream=("$3" "$SLUICE_UPSTREAM_PORT")
    "${upstream[@]}" >"$results/upstream" 2>&1 &
    children+=($!)
    "$sluice" --role "$1" --config "$2" 2>"$results/log" &
    children+=($!)
    wait_for 10 port_answers "$SLUICE_UPSTREAM_PORT" || die "$(cat "$results/upstream")"
    wait_for 10 port_answers "$SLUICE_PORT" || die "$(cat "$results/log")"
}

# demo_egress: the same with an egress that has the shipped policies.
demo_egress() {
    need_sluice
    results=$(mktemp -d)
    trap 'stop_children; rm -rf "$results"' EXIT
    egress_bundle "$results/bundle"
    demo egress Tests/Bench/streaming.yaml
}

case $kind in
gateway)
    say "CPU time of the proxy per request: HTTP/1.1 keep-alive GET, 64 connections, one worker"
    proxies --peers nginx,haproxy,floor-c --cases get "$@"
    ;;
egress)
    say "CPU time of the proxy per call: plain in, TLS 1.3 keep-alive out, 64 connections, one worker"
    egress --peers nginx,haproxy --cases egress "$@"
    ;;
protocols)
    say "CPU time of the proxy per request, one worker: HTTP/2 in at 100 streams (h2c100), TLS 1.3"
    say "(tls, tls64k), full handshakes (tlshs), HTTP/2 on both sides as gRPC has it (h2h2), messages"
    say "of WebSockets there and back"
    need_tools
    need_sluice
    results=$(mktemp -d)
    trap 'rm -rf "$results"' EXIT
    export SLUICE_PORT=8200 SLUICE_ADMIN_PORT=8299 SLUICE_ACCESS_LOG=$results/access.log
    secured_listener 8202 8298 >"$results/listener.yaml"
    sed "s|^  listen:.*|  listen: 127.0.0.1:8204|; s|^  admin:.*|  admin: 127.0.0.1:8296|
        s|^      address:.*|      address: 127.0.0.1:8301\n      protocol: http2|" \
        Tests/Bench/gateway.yaml >"$results/grpc.yaml"
    run_gateway="$sluice --role gateway --config"
    isolated python3 "$source_dir/proxy/bench.py" --peers nginx,haproxy,envoy \
        --add sluice --cmd "$run_gateway Tests/Bench/gateway.yaml" --urls h2c=8200 \
        --add sluice-tls --cmd "$run_gateway $results/listener.yaml" --urls tls=8202 \
        --cases h2c100,tls,tls64k,tlshs "$@"
    isolated python3 "$source_dir/proxy/bench.py" --peers nginx-grpc,haproxy-grpc,envoy-grpc \
        --add sluice --cmd "$run_gateway $results/grpc.yaml" --urls h2h2=8204 --cases h2h2 "$@"
    cc -O2 -o "$results/websocket" Tests/Bench/websocket.c
    sed "s|upstream: bench }|upstream: bench, upgrade: websocket }|" Tests/Bench/gateway.yaml \
        >"$results/websocket.yaml"
    isolated python3 Tests/Bench/websocket.py "${SLUICE_BENCH_DIR:-$HOME/.cache/sluice-bench}" \
        "$results/websocket" "$run_gateway $results/websocket.yaml" "$@"
    ;;
tls)
    say "CPU time of the proxy per request: TLS 1.3 from clients (tls, tls64k), handshakes (tlshs, tlsnew),"
    say "and to the upstream (egress), one worker"
    need_tools
    need_sluice
    results=$(mktemp -d)
    trap 'rm -rf "$results"' EXIT
    certificates=${SLUICE_BENCH_DIR:-$HOME/.cache/sluice-bench}/certs
    upstream="tls: { ca_file: $certificates/cert.pem, server_name: localhost }"
    secured_listener 8202 8298 >"$results/listener.yaml"
    sed "s|^  listen:.*|  listen: 127.0.0.1:8203|; s|^  admin:.*|  admin: 127.0.0.1:8297|
        s|^      address:.*|      address: 127.0.0.1:9443\n      $upstream|" \
        Tests/Bench/gateway.yaml >"$results/upstream.yaml"
    export SLUICE_ACCESS_LOG=$results/access.log
    isolated python3 "$source_dir/proxy/bench.py" --peers nginx,haproxy \
        --add sluice --cmd "$sluice --role gateway --config $results/listener.yaml" --urls tls=8202 \
        --add sluice-upstream --cmd "$sluice --role gateway --config $results/upstream.yaml" \
        --urls egress=8203 --cases tls,tls64k,tlshs,tlsnew,egress "$@"
    ;;
streaming)
    say "events and large bodies through the egress, with a credential that answers are searched for"
    demo_egress
    python3 Tests/Bench/streaming.py "$SLUICE_PORT" "$SLUICE_UPSTREAM_PORT" "${children[1]}" "$@"
    ;;
idle)
    say "memory per idle keep-alive connection, each after one request"
    proxies --peers nginx,haproxy --cases '' --idle 10000 "$@"
    ;;
allocations)
    say "heap allocations of a gateway per warm request, counted at malloc"
    need_sluice
    results=$(mktemp -d)
    trap 'stop_children; rm -rf "$results"' EXIT
    cc -O2 -shared -fPIC -o "$results/counter.so" Tests/Benchmarks/Allocations/counter.c
    SLUICE_PORT=$(free_port)
    SLUICE_ADMIN_PORT=$(free_port)
    export SLUICE_PORT SLUICE_ADMIN_PORT SLUICE_ACCESS_LOG=$results/access.log
    SLUICE_ALLOCATIONS=$results/count LD_PRELOAD=$results/counter.so \
        "$sluice" --role gateway --config Tests/Bench/gateway.yaml 2>"$results/log" &
    children+=($!)
    wait_for 10 port_answers "$SLUICE_PORT" || die "the gateway did not start: $(cat "$results/log")"
    python3 Tests/Benchmarks/Allocations/measure.py "$SLUICE_PORT" "$results/count" 20000 \
        k7-0123456789abcdef0123456789abcdef
    ;;
policy)
    say "one decision of the gateway's and the egress's policy: warm, one thread, one case a line"
    need_policy_bench
    figures=$(mktemp)
    trap 'rm -f "$figures"' EXIT
    "$bench" decisions "$source_dir/policy" "$data" "$@" | tee "$figures"
    need_policy_peers
    say "the same by other engines, JSON in and out, policies without glob and net.cidr"
    "$peers/bin/python" Tests/Benchmarks/Policy/peers.py "$source_dir/policy" "$data" "$figures"
    say "decisions of a running gateway, from its metrics"
    need_sluice
    results=$(mktemp -d)
    trap 'stop_children; rm -rf "$figures" "$results"' EXIT
    SLUICE_PORT=$(free_port)
    SLUICE_ADMIN_PORT=$(free_port)
    export SLUICE_PORT SLUICE_ADMIN_PORT SLUICE_ACCESS_LOG=$results/access.log
    "$sluice" --role gateway --config Tests/Bench/gateway.yaml 2>"$results/log" &
    children+=($!)
    wait_for 10 port_answers "$SLUICE_PORT" || die "the gateway did not start: $(cat "$results/log")"
    python3 Tests/Benchmarks/Policy/requests.py "$SLUICE_PORT" "$SLUICE_ADMIN_PORT" \
        k7-0123456789abcdef0123456789abcdef
    ;;
budgets)
    need_bench
    "$bench" budgets "$@"
    ;;
swap)
    say "longest wait of a request: 2,000 a second, 1,000 rules in 50 modules and 100,000 keys"
    need_sluice
    results=$(mktemp -d)
    trap 'stop_children; rm -rf "$results"' EXIT
    cc -O2 -o "$results/steady" Tests/Benchmarks/Swap/steady.c
    python3 Tests/Benchmarks/Swap/generate.py "$results/bundle"
    SLUICE_PORT=$(free_port)
    SLUICE_ADMIN_PORT=$(free_port)
    export SLUICE_PORT SLUICE_ADMIN_PORT SLUICE_ACCESS_LOG=$results/access.log
    SLUICE_BUNDLE=$results/bundle "$sluice" --role gateway --config Tests/Bench/swap.yaml \
        2>"$results/log" &
    children+=($!)
    wait_for 20 port_answers "$SLUICE_PORT" || die "the gateway did not start: $(cat "$results/log")"
    python3 Tests/Benchmarks/Swap/measure.py "$results/steady" "$SLUICE_PORT" \
        "$SLUICE_ADMIN_PORT" "${children[0]}" "$results/bundle/request" "$@"
    ;;
scrubbing)
    swift build --scratch-path "$build_dir" -c release --product ScrubbingBenchmark
    "$build_dir/release/ScrubbingBenchmark"
    say "the same end to end: a running egress, plain HTTP on both sides"
    demo_egress
    python3 Tests/Bench/scrubbing.py "$SLUICE_PORT" "${children[1]}" "$@"
    ;;
sandbox)
    swift build --scratch-path "$build_dir" -c release --product SandboxBenchmark
    # Ahead of whatever else the machine does, where that is allowed. (The kernel then leaves the
    # limit of processor time out, which takes no part in a start.)
    ahead=()
    chrt -f 10 true 2>/dev/null && ahead=(chrt -f 10)
    "${ahead[@]}" "$build_dir/release/SandboxBenchmark" "$@"
    ;;
attacks)
    say "p99 of a steady load, 2,000 requests a second, while another client attacks the same worker"
    runner=$(realpath -m "${SLUICE_VECTORS:-../shared/vectors/data}/../attacks.py")
    if [ ! -e "$runner" ]; then
        say "SKIPPED: no attacks at $runner (set SLUICE_VECTORS)"
        exit 0
    fi
    need_tools
    need_sluice
    results=$(mktemp -d)
    trap 'stop_children; rm -rf "$results"' EXIT
    cc -O2 -o "$results/steady" Tests/Benchmarks/Swap/steady.c
    # Its share of the two cores is small: what is measured is who waits in the gateway.
    demo gateway Tests/Vectors/gateway.yaml \
        "${SLUICE_BENCH_DIR:-$HOME/.cache/sluice-bench}/bin/upstream"
    printf 'GET / HTTP/1.1\r\nHost: bench\r\n\r\n' >"$results/request"
    python3 Tests/Bench/attacks.py "$results/steady" "$SLUICE_PORT" "$results/request" "$runner" \
        --h2 "127.0.0.1:$SLUICE_PORT" --h1 "127.0.0.1:$SLUICE_PORT" --pid "${children[1]}" -- "$@"
    ;;
load)
    say "loading 100 MB of data; 1,000 rules in 50 modules from source to plan"
    need_policy_bench
    "$bench" load "$data/data100.json"
    "$bench" rules "$data/rules1000"
    ;;
*)
    say "usage: scripts/bench.sh KIND [ARGUMENTS]; kinds: gateway egress streaming tls protocols idle"
    die "allocations policy budgets swap scrubbing sandbox attacks load"
    ;;
esac
