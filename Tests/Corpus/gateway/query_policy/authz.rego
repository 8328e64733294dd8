# Changes the query of a request, by its path.
package agentd.authz

path := split(input.attributes.request.http.path, "?")[0]

default decision := {"allowed": false}

decision := {
	"allowed": true,
	"query_parameters_to_set": {"tenant": "a&b c", "tag": ["x", "y"]},
	"query_parameters_to_remove": ["api_key", "gone"],
} if {
	path == "/api/v1/both"
}

decision := {"allowed": true, "query_parameters_to_remove": ["api_key"]} if path == "/api/v1/less"

decision := {"allowed": true, "query_parameters_to_set": {"gone": "1", "bad": 2}, "query_parameters_to_remove": ["gone"]} if {
	path == "/api/v1/conflict"
}

decision := {"allowed": true} if path == "/api/v1/none"
