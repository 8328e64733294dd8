# Lets everything through but one path prefix and one host, which no request may reach by any
# spelling.
package agentd.authz

import input.attributes.request.http

path := split(http.path, "?")[0]

# The name alone: without a port, a root's dot, or capitals.
host := trim_suffix(regex.replace(lower(http.host), `:[0-9]*$`, ""), ".")

default allowed := false

allowed if not forbidden

forbidden if path == "/admin"

forbidden if startswith(path, "/admin/")

forbidden if host == "forbidden.test"
