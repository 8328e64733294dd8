# Lets everything through that has a key, but for one path and one host: for traffic vectors.
package agentd.authz

http := input.attributes.request.http

default allowed := false

allowed if {
	input.attributes.metadataContext.filterMetadata.sluice.key_id != ""
	not forbidden
}

forbidden if startswith(http.path, "/admin")

forbidden if split(http.host, ":")[0] == "forbidden.test"
