internal import Rego

/// The names in the input, as the policy's own strings: reading them is then one compare.
struct PolicyInputKeys: Sendable {
    let attributes, request, http, method, path, id, host, scheme, protocolName, size: Value
    let headers, body, source, destination, principal, address, socketAddress, port: Value
    let metadataContext, filterMetadata, sluice, keyID, role, tier: Value
    let parsedPath, parsedQuery, parsedBody, truncatedBody, version, sourcePrincipal: Value

    /// Holds the names that the policy does not know, when it reads the input as a whole.
    private let others: FrozenData

    /// Names that the policy does not know are undefined: it cannot read what is under them,
    /// unless it `readsEverything`.
    init(_ snapshot: Snapshot, readsEverything: Bool) {
        let freezer = Freezer()
        func key(_ name: String) -> Value {
            let known = snapshot.internedString(name)
            return known.isUndefined && readsEverything ? freezer.string(name) : known
        }
        attributes = key("attributes")
        request = key("request")
        http = key("http")
        method = key("method")
        path = key("path")
        id = key("id")
        host = key("host")
        scheme = key("scheme")
        protocolName = key("protocol")
        size = key("size")
        headers = key("headers")
        body = key("body")
        source = key("source")
        destination = key("destination")
        principal = key("principal")
        address = key("address")
        socketAddress = key("socketAddress")
        port = key("portValue")
        metadataContext = key("metadataContext")
        filterMetadata = key("filterMetadata")
        sluice = key("sluice")
        keyID = key("key_id")
        role = key("role")
        tier = key("rate_limit_tier")
        parsedPath = key("parsed_path")
        parsedQuery = key("parsed_query")
        parsedBody = key("parsed_body")
        truncatedBody = key("truncated_body")
        version = key("version")
        sourcePrincipal = key("source_principal")
        others = freezer.seal(root: .null)
    }
}
