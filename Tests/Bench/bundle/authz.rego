# A decision of ordinary size: who asks, with which method, for which path.
package agentd.authz

import input.attributes.request.http

import input.attributes.metadataContext.filterMetadata.sluice as principal

path := split(http.path, "?")[0]

methods := {"GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH"}

default allowed := false

allowed if count(deny_reasons) == 0

deny_reasons contains "missing_api_key" if not authenticated

deny_reasons contains "invalid_method" if not http.method in methods

deny_reasons contains "admin_required" if {
	startswith(path, "/admin/")
	principal.role != "admin"
}

authenticated if principal.key_id != ""

default rate_limit_tier := "default"

rate_limit_tier := principal.rate_limit_tier if authenticated

decision := {
	"allowed": allowed,
	"deny_reasons": deny_reasons,
	"rate_limit_tier": rate_limit_tier,
}
