package agentd.gateway.authz_test

import data.agentd.gateway.authz

request(sluice, method, path) := {"attributes": {
	"request": {"http": {"method": method, "path": path, "headers": {}}},
	"metadataContext": {"filterMetadata": {"sluice": sluice}},
}}

user := {"context": "gateway", "key_id": "u", "role": "user", "rate_limit_tier": "default"}

admin := {"context": "gateway", "key_id": "a", "role": "admin", "rate_limit_tier": "unlimited"}

nobody := {"context": "gateway"}

test_allowed if {
	every case in [
		[nobody, "GET", "/health"],
		[nobody, "HEAD", "/ready"],
		[nobody, "GET", "/health?verbose=1"],
		[user, "GET", "/api/v1/status"],
		[user, "GET", "/api/v1/status?x=/admin/"],
		[user, "POST", "/agentd.v1.Agentd/Execute"],
		[user, "OPTIONS", "/api/v1/execute"],
		[user, "DELETE", "/api/v1/sandboxes/1"],
		[admin, "PUT", "/admin/keys"],
		[admin, "PATCH", "/api/v1/sandboxes/1"],
	] {
		authz.allowed with input as request(case[0], case[1], case[2])
		authz.allow with input as request(case[0], case[1], case[2])
		count(authz.deny_reasons) == 0 with input as request(case[0], case[1], case[2])
	}
}

test_denied_with_reasons if {
	every case in [
		[nobody, "GET", "/api/v1/status", {"missing_api_key"}],
		[nobody, "GET", "/healthz", {"missing_api_key", "invalid_path"}],
		[nobody, "GET", "/health/", {"missing_api_key", "invalid_path"}],
		[nobody, "GET", "/x?/health", {"missing_api_key", "invalid_path"}],
		[nobody, "TRACE", "/health", {"invalid_method"}],
		[nobody, "POST", "/admin/keys", {"missing_api_key", "admin_required"}],
		[user, "GET", "/admin/keys", {"admin_required"}],
		[user, "GET", "/admin", {"invalid_path"}],
		[user, "GET", "/", {"invalid_path"}],
		[user, "GET", "/?/api/v1/status", {"invalid_path"}],
		[user, "GET", "/api/v1", {"invalid_path"}],
		[user, "GET", "/agentd.v2.Agentd/Execute", {"invalid_path"}],
		[user, "TRACE", "/api/v1/status", {"invalid_method"}],
		[user, "get", "/api/v1/status", {"invalid_method"}],
		[user, "CONNECT", "/elsewhere", {"invalid_method", "invalid_path"}],
	] {
		not authz.allowed with input as request(case[0], case[1], case[2])
		authz.deny_reasons == case[3] with input as request(case[0], case[1], case[2])
	}
}

# A principal without an id, as of a key that was refused, is nobody, whatever role it claims.
test_no_key_id_is_no_key if {
	every principal in [{"role": "admin"}, {"key_id": "", "role": "admin"}] {
		not authz.allowed with input as request(principal, "GET", "/admin/keys")
		not authz.allowed with input as request(principal, "GET", "/api/v1/status")
	}
}

# Keys in a request's headers count for nothing here: only what the listener says does.
test_key_in_a_header_is_ignored if {
	http := {"method": "GET", "path": "/api/v1/status", "headers": {
		"x-api-key": "dev-api-key-change-in-production",
		"x-authenticated-key-id": "dev-key-1",
	}}
	not authz.allowed with input as {"attributes": {"request": {"http": http}}}
}

test_nothing_is_allowed_without_a_request if {
	not authz.allowed with input as {}
	not authz.allowed with input as request(user, "GET", null)
}

test_tier_and_headers if {
	authz.rate_limit_tier == "unlimited" with input as request(admin, "GET", "/api/v1/status")
	authz.rate_limit_tier == "default" with input as request(nobody, "GET", "/health")
	authz.headers == {"x-authenticated-key-id": "a", "x-rate-limit-tier": "unlimited"} with input as request(admin, "GET", "/api/v1/status")
	authz.headers == {} with input as request(admin, "GET", "/elsewhere")
	authz.headers == {} with input as request(nobody, "GET", "/health")
}

test_decision_never_shows_a_key if {
	decision := authz with input as request(admin, "GET", "/api/v1/status")
	not contains(json.marshal(decision), "change-in-production")
}
