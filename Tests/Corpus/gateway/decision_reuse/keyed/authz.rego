# Tells in the response what it decided about; for some paths also when, or something random.
package agentd.authz

import input.attributes.metadataContext.filterMetadata.sluice as caller
import input.attributes.request.http

allowed := true

response_headers_to_add := {
	"x-seen": concat(" ", [http.method, http.path, http.host, caller.key_id]),
	"x-moment": moment,
	"x-protocol": http.protocol,
}

default moment := "always"

moment := format_int(time.now_ns(), 10) if http.path == "/api/v1/time"

moment := format_int(rand.intn("moment", 1000000000), 10) if http.path == "/api/v1/chance"
