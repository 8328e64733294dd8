package agentd.authz_test

import data.agentd.authz

request(sluice, http) := {"attributes": {
	"request": {"http": http},
	"metadataContext": {"filterMetadata": {"sluice": sluice}},
}}

keyed := {"context": "gateway", "key_id": "k1", "role": "user", "rate_limit_tier": "standard"}

call := {"method": "POST", "path": "/api/v1/execute", "host": "agentd", "headers": {}}

# The package has exactly these members, beside the decision that Sluice takes.
is_decision(expected) if {
	object.keys(object.remove(authz, ["decision"])) == object.keys(expected)
	every name, value in expected {
		authz[name] == value
	}
}

test_sluice_takes_the_short_decision if {
	authz.decision == {"allowed": true, "deny_reasons": set(), "rate_limit_tier": "standard"}
		with input as request(keyed, call)
}

test_without_context_there_is_no_leave if {
	authz.decision == {"allowed": false, "deny_reasons": {"unknown_context"}} with input as {}
}

test_gateway_decision_is_complete if {
	is_decision({
		"authz_context": "gateway",
		"allowed": true,
		"allow": true,
		"deny_reasons": set(),
		"rate_limit_tier": "standard",
		"headers": {"x-authenticated-key-id": "k1", "x-rate-limit-tier": "standard"},
	}) with input as request(keyed, call)
}

test_egress_decision_is_complete if {
	is_decision({
		"authz_context": "egress",
		"allowed": true,
		"allow": true,
		"deny_reasons": set(),
		"rate_limit_tier": "restricted",
		"rate_limit": {"key": "sandbox-test-001:httpbin", "requests_per_minute": 10},
		"headers": {},
	}) with input as request(
		{"context": "egress", "sandbox_id": "sandbox-test-001"},
		{"method": "GET", "path": "/get", "host": "httpbin", "headers": {}},
	)
}

# A client cannot choose the policy: neither by a header nor by the host or the port it names.
test_context_is_never_taken_from_the_client if {
	forged := {"x-authz-context": "egress", "x-sandbox-policy": "admin", "x-sandbox-id": "sandbox-dev-001"}
	http := {"method": "POST", "path": "/api/v1/execute", "host": "httpbin:8443", "headers": forged}
	authz.authz_context == "gateway" with input as request({"context": "gateway"}, http)
	not authz.allowed with input as request({"context": "gateway"}, http)
	"missing_api_key" in authz.deny_reasons with input as request({"context": "gateway"}, http)
}

test_no_context_is_denied if {
	not authz.allowed with input as {"attributes": {"request": {"http": call}}}
	authz.deny_reasons == {"unknown_context"} with input as {"attributes": {"request": {"http": call}}}
	not authz.allowed with input as {}
	not authz.allow with input as {}
}

test_unknown_context_is_denied if {
	not authz.allowed with input as request({"context": "admin", "key_id": "k1"}, call)
}
