# Tells in the response which header field it read.
package agentd.authz

allowed := true

response_headers_to_add := {"x-seen": input.attributes.request.http.headers["x-asked"]}
