#!/usr/bin/env bash
# Asks agentd's HTTP API whatever its own OpenAPI document allows, and what it does not, with
# schemathesis: every answer has to be as the document says.
#
#   scripts/schemathesis.sh [--short] [MORE ARGUMENTS OF schemathesis run]
#
# Needs schemathesis 4 (pip install it); SCHEMATHESIS names the program. SLUICE_BIN names a binary of
# sluice to use instead of building one.
set -euo pipefail
source "$(dirname "$0")/common.sh"
cd "$root"

schemathesis=${SCHEMATHESIS:-schemathesis}
if ! command -v "$schemathesis" >/dev/null; then
    say "SKIPPED: there is no schemathesis (pip install schemathesis, or set SCHEMATHESIS)"
    exit 0
fi
examples=100
if [ "${1:-}" = --short ]; then
    examples=10
    shift
fi
need_sluice

folder=$(mktemp -d)
port=$(free_port)
grpc_port=$(free_port)
cat >"$folder/agentd.yaml" <<END
agentd:
  allow_unauthenticated: true
  listen: 127.0.0.1:$port
  grpc: 127.0.0.1:$grpc_port
  sandboxes: { backend: linux-native, per_key: 50, pool: 2 }
  audit: { folder: $folder/audit }
  policy: { bundle: $root/bundles/agentd, entrypoint: agentd/exec/authz/decision }
END
# A target that is too long is refused before anybody looks at what it says.
cat >"$folder/schemathesis.toml" <<END
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 414, 415, 422, 428, 429]
# What is valid may name an idempotency key that another request has used.
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "422", "429", "5xx"]
END
trap 'stop_children; rm -rf "$folder"' EXIT
"$sluice" --role agentd --config "$folder/agentd.yaml" >"$folder/log" 2>&1 &
children=($!)
wait_for 10 port_answers "$port" || { cat "$folder/log" >&2; die "agentd did not start"; }

cd "$folder"
# A sandbox that has ended is told of for an hour, so its resource stays after DELETE.
"$schemathesis" run "http://127.0.0.1:$port/api/v1/openapi.json" --url "http://127.0.0.1:$port" \
    --max-examples "$examples" --generation-database none --request-timeout 60 \
    -H 'X-Authenticated-Key-Id: schemathesis' --no-color \
    --exclude-checks use_after_free "$@" ||
    die "schemathesis found something"
kill -0 "${children[0]}" 2>/dev/null || die "agentd has ended: $(tail -n 5 "$folder/log")"
say "schemathesis: nothing found, $examples examples an operation"
