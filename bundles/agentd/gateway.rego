# METADATA
# title: Gateway
# description: |
#   Who may call agentd, and how. The gateway has already looked the API key up and hands over
#   who it belongs to; the key itself is never part of the input. An unknown, disabled or expired
#   key arrives as no key.
package agentd.gateway.authz

method := input.attributes.request.http.method

principal := input.attributes.metadataContext.filterMetadata.sluice

# The query string is no part of what is matched.
path := split(input.attributes.request.http.path, "?")[0]

open_paths := {"/health", "/ready"}

methods := {"GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH"}

# What the gateway asks for. It tells agentd by itself who calls, so `headers` has no part in it.
decision := {
	"allowed": allowed,
	"deny_reasons": deny_reasons,
	"rate_limit_tier": rate_limit_tier,
}

# The decision and its reasons cannot disagree: there is one without the other never.
default allowed := false

allowed if count(deny_reasons) == 0

allow := allowed

deny_reasons contains "missing_api_key" if {
	not path in open_paths
	not authenticated
}

deny_reasons contains "invalid_method" if not method in methods

deny_reasons contains "invalid_path" if not known_path

deny_reasons contains "admin_required" if {
	startswith(path, "/admin/")
	not admin
}

authenticated if principal.key_id != ""

admin if {
	authenticated
	principal.role == "admin"
}

known_path if path in open_paths

known_path if startswith(path, "/api/v1/")

known_path if startswith(path, "/agentd.v1.")

known_path if startswith(path, "/admin/")

default rate_limit_tier := "default"

rate_limit_tier := principal.rate_limit_tier if authenticated

# What agentd is told about the caller by a proxy that knows nothing itself.
default headers := {}

headers := {
	"x-authenticated-key-id": principal.key_id,
	"x-rate-limit-tier": rate_limit_tier,
} if {
	authenticated
	allowed
}
