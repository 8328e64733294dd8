package agentd.egress.authz_test

import data.agentd.egress.authz

request(sandbox, host, method, path) := {"attributes": {
	"request": {"http": {"method": method, "path": path, "host": host, "headers": {}}},
	"metadataContext": {"filterMetadata": {"sluice": {"context": "egress", "sandbox_id": sandbox}}},
}}

sandboxes := {"d": "default", "r": "restricted", "s": "standard", "p": "premium", "a": "admin"}

decision(case) := result if {
	result := authz with input as request(case[0], case[1], case[2], case[3])
		with data.sandbox_policies as sandboxes
}

test_allowed if {
	every case in [
		["r", "httpbin", "GET", "/get"],
		["s", "openai", "POST", "/v1/chat/completions"],
		["s", "openai", "POST", "/v1/chat/completions?x=1"],
		["s", "openai", "GET", "/v1/models"],
		["s", "openai.local", "GET", "/v1/models/gpt-4o"],
		["s", "OpenAI:8443", "GET", "/v1/models"],
		["s", "github", "GET", "/repos/octocat/hello/issues"],
		["s", "github", "GET", "/search/repositories?q=x"],
		["s", "anthropic", "POST", "/v1/messages"],
		["p", "slack", "POST", "/chat.postMessage"],
		["a", "slack", "GET", "/users.list"],
		["a", "httpbin", "POST", "/anything/at/all"],
	] {
		decision(case).allowed
		decision(case).deny_reasons == set()
	}
}

test_denied_with_reasons if {
	every case in [
		["d", "openai", "GET", "/v1/models", {"sandbox 'd' not allowed to access service 'openai'"}],
		["stranger", "httpbin", "GET", "/get", {"sandbox 'stranger' not allowed to access service 'httpbin'"}],
		["r", "openai", "GET", "/v1/models", {"sandbox 'r' not allowed to access service 'openai'"}],
		["s", "slack", "GET", "/users.list", {"sandbox 's' not allowed to access service 'slack'"}],
		["s", "openai", "DELETE", "/v1/models", {"method 'DELETE' not allowed for service 'openai'"}],
		["s", "openai", "GET", "/v1/models/a/b", {"path '/v1/models/a/b' not allowed for service 'openai'"}],
		["s", "openai", "GET", "/v1/files?/v1/models", {"path '/v1/files' not allowed for service 'openai'"}],
		["a", "example.com", "GET", "/", {"unknown_service"}],
		["a", "", "GET", "/", {"unknown_service"}],
	] {
		not decision(case).allowed
		decision(case).deny_reasons == case[4]
	}
}

test_no_sandbox_is_denied if {
	anonymous := {"attributes": {"request": {"http": {"method": "GET", "path": "/get", "host": "httpbin"}}}}
	not authz.allowed with input as anonymous
	"unknown_sandbox" in authz.deny_reasons with input as anonymous
	not authz.allowed with input as request("", "httpbin", "GET", "/get")
	not authz.allowed with input as {}
}

# The registry decides the tier, never the request.
test_tier_cannot_be_forged if {
	forged := object.union(request("r", "openai", "GET", "/v1/models"), {"attributes": {"request": {"http": {"headers": {"x-sandbox-policy": "admin"}}}}})
	authz.rate_limit_tier == "restricted" with input as forged with data.sandbox_policies as sandboxes
	not authz.allowed with input as forged with data.sandbox_policies as sandboxes
}

test_limits_of_the_tiers if {
	every case in [["r", "httpbin", 10], ["s", "openai", 60], ["p", "slack", 300], ["a", "github", 1000]] {
		limit := decision([case[0], case[1], "GET", "/"]).rate_limit
		limit == {"key": concat(":", [case[0], case[1]]), "requests_per_minute": case[2]}
	}
}

test_a_service_of_its_own_limit if {
	tiers := {"t": {"allowed_services": ["httpbin"], "rate_limits": {"httpbin": {"requests_per_minute": 5}, "default": {"requests_per_minute": 7}}}}
	authz.rate_limit.requests_per_minute == 5 with input as request("x", "httpbin", "GET", "/")
		with data.sandbox_policies as {"x": "t"}
		with data.egress_policies as tiers
}

test_a_missing_limit_denies if {
	tiers := {"t": {"allowed_services": ["httpbin"], "rate_limits": {}}}
	denied := {"no rate limit for service 'httpbin' in tier 't'"}
	authz.deny_reasons == denied with input as request("x", "httpbin", "GET", "/")
		with data.sandbox_policies as {"x": "t"}
		with data.egress_policies as tiers
}

test_the_shipped_data_is_sound if {
	every name, service in data.egress_services {
		startswith(service.base_url, "https://")
		count(service.allowed_methods) > 0
		not regex.match(`(?i)(bearer|token|secret)`, json.marshal(service))
		name == lower(name)
	}
	data.egress_services.anthropic.headers["anthropic-version"] == "2023-06-01"
	every tier in data.egress_policies {
		every limit in tier.rate_limits {
			limit.requests_per_minute > 0
		}
	}
	every tier in data.sandbox_policies {
		data.egress_policies[tier]
	}
}

signed(sandbox, tier) := {"attributes": {
	"request": {"http": {"method": "GET", "path": "/v1/models", "host": "openai", "headers": {}}},
	"metadataContext": {"filterMetadata": {"sluice": {
		"context": "egress", "sandbox_id": sandbox,
		"sandbox_tier": tier,
	}}},
}}

signed_tier(sandbox, tier) := result if {
	result := authz.rate_limit_tier with input as signed(sandbox, tier)
		with data.sandbox_policies as sandboxes
}

test_a_signed_tier_is_for_sandboxes_that_are_not_registered if {
	signed_tier("sbx-1", "standard") == "standard"
	signed_tier("sbx-1", "") == "default"
	signed_tier("sbx-1", "no-such-tier") == "default"
	signed_tier("r", "admin") == "restricted"
	authz.allowed with input as signed("sbx-1", "standard")
	not authz.allowed with input as signed("sbx-1", "restricted")
}
