# Decides by what a request contains.
package agentd.authz

default allowed := false

allowed if input.parsed_body.action == "read"

deny_reasons contains "truncated" if input.truncated_body
