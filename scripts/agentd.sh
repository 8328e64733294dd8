#!/usr/bin/env bash
# Uses agentd as its clients do, through a running gateway, by HTTP and by grpcio: commands, streams,
# files, fetches through the egress, SQLite, and every code that an execution can answer with. Then it
# reads the audit log, kills the daemon, and looks at what is there again. Needs Python; the part with
# gRPC needs grpcio, the calls of a sandbox curl.
# SLUICE_BIN names a binary to use instead of building one.
set -euo pipefail
source "$(dirname "$0")/common.sh"
cd "$root"
need_sluice

folder=$(mktemp -d)
trap 'stop_children; rm -rf "$folder"' EXIT
export WALK=$folder SLUICE_PORT SLUICE_ADMIN_PORT SLUICE_EGRESS_PORT SLUICE_DEMO_PORT
SLUICE_PORT=$(free_port)
SLUICE_ADMIN_PORT=$(free_port)
SLUICE_EGRESS_PORT=$(free_port)
SLUICE_DEMO_PORT=$(free_port)
export WALK_SANDBOX_KEY WALK_SECRET
WALK_SANDBOX_KEY=$(openssl rand -hex 32)
WALK_SECRET=walk-$(openssl rand -hex 16)
python3 Tests/Walkthrough/bundle.py "$folder/bundle"
./scripts/make-certificate.sh "$folder/tls" httpbin.org api.openai.com >/dev/null
"$sluice" demo-upstream --listen "127.0.0.1:$SLUICE_DEMO_PORT" --tls-cert "$folder/tls/cert.pem" \
    --tls-key "$folder/tls/key.pem" 2>"$folder/upstream.log" &
children=($!)
"$sluice" --role all --config Tests/Walkthrough/all.yaml >"$folder/access.log" 2>"$folder/log" &
children+=($!)
wait_for 20 curl -fsS "http://127.0.0.1:$SLUICE_PORT/ready" ||
    die "sluice did not start: $(tail -n 5 "$folder/log")"
python3 Tests/Walkthrough/walk.py "$SLUICE_PORT" "$sluice" "$folder" ||
    die "agentd: the walkthrough failed; the last lines of the log: $(tail -n 5 "$folder/log")"
python3 Tests/Walkthrough/killed.py "$SLUICE_PORT" "$sluice" "$folder" "${children[1]}" ||
    die "agentd: not all was there again; the last lines of the log: $(tail -n 5 "$folder/log")"
