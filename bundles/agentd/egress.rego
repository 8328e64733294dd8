# METADATA
# title: Egress
# description: |
#   Which external service a sandbox may call, and how: sandbox, tier, services, methods, paths.
#   The sandbox is the one that the listener identified. Its tier comes from the registry
#   (data.sandbox_policies), or for a sandbox that is not in it from what agentd signed; never from
#   the request.
package agentd.egress.authz

method := input.attributes.request.http.method

host := input.attributes.request.http.host

sandbox_id := input.attributes.metadataContext.filterMetadata.sluice.sandbox_id

# The query string is no part of what is matched.
path := split(input.attributes.request.http.path, "?")[0]

# The service that the listener found by Host: there is one reading of that field.
service_name := input.attributes.metadataContext.filterMetadata.sluice.service

# Envoy does not say it: "openai", "openai.local" and "OpenAI:8443" are the same service.
service_name := trim_suffix(split(lower(host), ":")[0], ".local") if {
	not input.attributes.metadataContext.filterMetadata.sluice.service
}

service := data.egress_services[service_name]

default rate_limit_tier := "default"

rate_limit_tier := data.sandbox_policies[sandbox_id]

rate_limit_tier := sandbox_tier if {
	not data.sandbox_policies[sandbox_id]
	data.egress_policies[sandbox_tier]
}

# Of the token that the listener verified.
sandbox_tier := input.attributes.metadataContext.filterMetadata.sluice.sandbox_tier

tier := data.egress_policies[rate_limit_tier]

# What the egress asks for.
decision := {
	"allowed": allowed,
	"deny_reasons": deny_reasons,
	"rate_limit_tier": rate_limit_tier,
}

default allowed := false

allowed if count(deny_reasons) == 0

allow := allowed

deny_reasons contains "unknown_sandbox" if not identified

deny_reasons contains "unknown_service" if not service

deny_reasons contains sprintf("sandbox '%s' not allowed to access service '%s'", [sandbox_id, service_name]) if {
	service
	not service_allowed
}

deny_reasons contains sprintf("method '%s' not allowed for service '%s'", [method, service_name]) if {
	service
	not method in service.allowed_methods
}

deny_reasons contains sprintf("path '%s' not allowed for service '%s'", [path, service_name]) if {
	service
	not path_allowed
}

# A tier that forgets a limit lets nothing through rather than everything.
deny_reasons contains sprintf("no rate limit for service '%s' in tier '%s'", [service_name, rate_limit_tier]) if {
	service_allowed
	not rate_limit
}

identified if sandbox_id != ""

service_allowed if service_name in tier.allowed_services

service_allowed if {
	"*" in tier.allowed_services
	service
}

# "*" stays within a segment of the path, "**" crosses segments.
path_allowed if {
	some pattern in service.allowed_paths
	glob.match(pattern, ["/"], path)
}

path_allowed if {
	service
	not service.allowed_paths
}

# A tunnel has no path: a service that lists CONNECT among its methods allows all of them.
path_allowed if method == "CONNECT"

requests_per_minute := tier.rate_limits[service_name].requests_per_minute

requests_per_minute := tier.rate_limits["default"].requests_per_minute if {
	not tier.rate_limits[service_name]
}

rate_limit := {
	"key": sprintf("%s:%s", [sandbox_id, service_name]),
	"requests_per_minute": requests_per_minute,
}
