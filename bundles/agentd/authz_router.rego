# METADATA
# title: Router
# description: |
#   The decision that Sluice asks for, at data.agentd.authz.decision; the package as a whole is what
#   OPA's Envoy plugin takes. Which policy decides comes from the listener that took the request,
#   in the filter metadata; nothing that a client sends takes part. A request without a known
#   context is denied.
package agentd.authz

import data.agentd.egress.authz as egress
import data.agentd.gateway.authz as gateway

default authz_context := "unknown"

authz_context := input.attributes.metadataContext.filterMetadata.sluice.context

default decision := {"allowed": false, "deny_reasons": {"unknown_context"}}

decision := gateway.decision if authz_context == "gateway"

decision := egress.decision if authz_context == "egress"

default allowed := false

allowed := gateway.allowed if authz_context == "gateway"

allowed := egress.allowed if authz_context == "egress"

# The name that bundles of older stacks use.
allow := allowed

default deny_reasons := {"unknown_context"}

deny_reasons := gateway.deny_reasons if authz_context == "gateway"

deny_reasons := egress.deny_reasons if authz_context == "egress"

# To the upstream, and only with a request that is let through.
default headers := {}

headers := gateway.headers if authz_context == "gateway"

rate_limit_tier := gateway.rate_limit_tier if authz_context == "gateway"

rate_limit_tier := egress.rate_limit_tier if authz_context == "egress"

rate_limit := egress.rate_limit if authz_context == "egress"
