#!/usr/bin/env bash
# Builds Sluice, starts every role with config/demo.yaml and an upstream that stands for external
# services, shows a first request and a first call, and serves until Ctrl-C. Logs go to run/.
set -euo pipefail
source "$(dirname "$0")/common.sh"
cd "$root"

config=config/demo.yaml
key=dev-api-key-change-in-production

./scripts/setup.sh

step "building (release)"
need_sluice

step "packing the policy bundle"
"$sluice" policy build bundles/agentd -o bundles/agentd-bundle.tar.gz

step "making a certificate for the demo upstream"
./scripts/make-certificate.sh run/tls httpbin.org api.openai.com
export SLUICE_DEMO_KEY=demo-key-$(openssl rand -hex 16)
# What agentd signs sandboxes' tokens with, and the egress checks.
export SLUICE_DEMO_SANDBOX_KEY=$(openssl rand -hex 32)

step "checking $config"
"$sluice" check --config "$config"

for port in 8080 9901 8443 9902 9443; do
    if port_answers "$port"; then
        die "port $port is taken: stop what listens there (ss -ltnp 'sport = :$port'), or change $config"
    fi
done

step "starting the demo upstream and all roles"
"$sluice" demo-upstream --listen 127.0.0.1:9443 --tls-cert run/tls/cert.pem \
    --tls-key run/tls/key.pem 2>run/upstream.log &
upstream=$!
"$sluice" --role all --config "$config" >run/access.log 2>run/sluice.log &
children=($! "$upstream")
trap 'trap - EXIT; say; say "stopping"; stop_children' EXIT
trap 'exit 0' INT TERM

ready() {
    curl -fsS -o run/ready.txt http://127.0.0.1:9901/ready &&
        curl -fsS -o run/ready.txt http://127.0.0.1:9902/ready && port_answers 9443
}
is_running() { kill -0 "${children[0]}" 2>/dev/null; }
ready_or_gone() { ready || ! is_running; }
if ! wait_for 30 ready_or_gone || ! is_running; then
    tail -n 5 run/sluice.log >&2
    die "sluice did not become ready; the lines above are from run/sluice.log"
fi

step "a first request, with an API key"
say "\$ curl -i -H 'X-API-Key: $key' http://localhost:8080/api/v1/status"
curl -sS -i -H "X-API-Key: $key" http://localhost:8080/api/v1/status
say
step "the same without one: refused"
say "\$ curl -i http://localhost:8080/api/v1/status"
curl -sS -i http://localhost:8080/api/v1/status
say

step "an agent's call to a service, through the egress: the credential is put in on the way"
call="curl -sS http://localhost:8443/v1/models -H 'Host: openai' -H 'X-Sandbox-ID: sandbox-dev-001'"
say "\$ $call"
eval "$call"
say "the key that was sent begins a SHA-256 with: $(printf %s "$SLUICE_DEMO_KEY" | sha256sum | head -c 8)"
step "a call that the sandbox's tier does not allow"
say "\$ curl -sS http://localhost:8443/v1/models -H 'Host: openai' -H 'X-Sandbox-ID: sandbox-test-001'"
curl -sS http://localhost:8443/v1/models -H 'Host: openai' -H 'X-Sandbox-ID: sandbox-test-001'
say

step "a command in a sandbox: it reaches the service by its name, as its sandbox, and nothing else"
command='{"capability":"shell.exec.v1","params_json":"{\"command\":\"curl -sS http://openai/v1/models\"}",'
command+='"constraints":{"allow_network":true}}'
say "\$ curl -H 'X-API-Key: …' http://localhost:8080/api/v1/execute -d '$command'"
curl -sS -H "X-API-Key: $key" -H 'content-type: application/json' \
    http://localhost:8080/api/v1/execute -d "$command"
say

step "serving; Ctrl-C stops everything"
say "gateway  http://localhost:8080   clients"
say "admin    http://localhost:9901   /ready /stats/prometheus /server_info"
say "egress   http://localhost:8443   sandboxes: curl http://localhost:8443/get -H 'Host: httpbin' -H 'X-Sandbox-ID: sandbox-test-001'"
say "admin    http://localhost:9902   the egress's"
say "agentd   run/agentd.sock         behind the gateway only: /api/v1/openapi.json says what it does"
say "logs     run/sluice.log, run/access.log"
say "reload   kill -HUP ${children[0]} reads bundles/agentd again"

wait "${children[0]}" || status=$?
say "sluice ended with ${status:-0}; see run/sluice.log"
exit "${status:-0}"
