internal import Rego

/// The objects of the input, as shapes: building one is writing its values. Their names are the
/// policy's own strings, so that reading one is a compare. What a policy cannot read has no place.
final class PolicyInputShapes: Sendable {
    /// The shapes that depend on whether the caller is known.
    struct Caller: Sendable {
        let input, attributes, source, facts: ObjectShape
    }

    let anonymous, key, sandbox: Caller
    let request, http, httpWithBody, filterMetadata, metadata: ObjectShape
    /// The source whose certificate was verified: it says who that is.
    let certified: ObjectShape
    let peer, address, socketAddress, pipe, version: ObjectShape
    /// Holds the key tables, and the names that the policy does not know itself.
    private let names: FrozenData

    /// - Parameter needs: what the policy reads.
    init(_ snapshot: Snapshot, _ needs: PolicyInputNeeds) {
        let freezer = Freezer(extending: snapshot.names)
        func shape(_ names: [String]) -> ObjectShape {
            freezer.shape(names.map { freezer.string($0) })
        }
        func caller(_ facts: [String]) -> Caller {
            let isKnown = !facts.isEmpty
            return Caller(
                input: shape(Self.input(needs, isKnown)),
                attributes: shape(Self.attributes(needs)),
                source: shape(isKnown ? ["address", "principal"] : ["address"]),
                facts: shape(["context"] + facts))
        }
        anonymous = caller([])
        key = caller(["key_id", "role", "rate_limit_tier"])
        sandbox = caller(["sandbox_id", "service"])
        request = shape(["http"])
        http = shape(Self.http(needs))
        httpWithBody = shape(Self.http(needs) + ["body"])
        filterMetadata = shape(["filterMetadata"])
        metadata = shape(["sluice"])
        certified = shape(["address", "principal", "certificate"])
        peer = shape(["address"])
        address = shape(["socketAddress"])
        socketAddress = shape(["address", "portValue"])
        pipe = shape(["pipe"])
        version = shape(["ext_authz", "encoding"])
        names = freezer.seal(root: .null)
    }

    // Each list is in the order in which `PolicyInput` adds the values.

    private static func input(_ needs: PolicyInputNeeds, _ isKnown: Bool) -> [String] {
        var names = ["attributes"]
        if needs.contains(.parsedPath) { names.append("parsed_path") }
        if needs.contains(.parsedQuery) { names.append("parsed_query") }
        if needs.contains(.parsedBody) { names += ["parsed_body", "truncated_body"] }
        if needs.contains(.version) { names.append("version") }
        if needs.contains(.source), isKnown { names.append("source_principal") }
        return names
    }

    private static func attributes(_ needs: PolicyInputNeeds) -> [String] {
        var names = ["request", "metadataContext"]
        if needs.contains(.source) { names.append("source") }
        if needs.contains(.destination) { names.append("destination") }
        return names
    }

    private static func http(_ needs: PolicyInputNeeds) -> [String] {
        var names = ["method", "path"]
        if needs.contains(.identifier) { names.append("id") }
        if needs.contains(.details) { names += ["host", "scheme", "protocol", "size"] }
        if needs.contains(.headers) { names.append("headers") }
        return names
    }
}
