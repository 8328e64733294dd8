# METADATA
# title: Executions
# description: |
#   Which capability an API key may have run in a sandbox. agentd asks before anything is started.
#   data.exec_policies has, for each tier of keys, the capabilities that it may use.
package agentd.exec.authz

default tier := "default"

tier := input.rate_limit_tier if data.exec_policies[input.rate_limit_tier]

decision := {
	"allowed": allowed,
	"deny_reasons": deny_reasons,
}

default allowed := false

allowed if input.capability in data.exec_policies[tier].allowed_capabilities

deny_reasons contains sprintf("capability '%s' is not allowed for tier '%s'", [capability, tier]) if not allowed

capability := object.get(input, "capability", "")
