/// The JOSE header fields that decide how a token is checked (RFC 7515 §4.1).
struct TokenHeader {
    private(set) var algorithm = ""
    private(set) var keyID = ""
    private(set) var contentType = ""
    /// Whether the header asks for nothing that is not understood here.
    private(set) var isUnderstood = true

    init(_ header: ObjectView) throws(BuiltinFault) {
        algorithm = try Self.text(header, "alg")
        keyID = try Self.text(header, "kid")
        _ = try Self.text(header, "typ")
        contentType = try Self.text(header, "cty")
        try readCritical(header)
        // RFC 7797 §6: an unencoded payload changes what is signed.
        if header["b64"].isDefined, !header["b64"].isTrue { isUnderstood = false }
    }

    private static func text(
        _ header: ObjectView, _ name: StaticString
    ) throws(BuiltinFault) -> String {
        let value = header[name]
        guard value.isDefined else { return "" }
        guard let text = value.string else { throw BuiltinFault("\(name): must be a string") }
        return text
    }

    /// `crit` names fields that must be understood; it must not be empty, and none of the fields
    /// that it may name is understood here.
    private mutating func readCritical(_ header: ObjectView) throws(BuiltinFault) {
        let critical = header["crit"]
        guard critical.isDefined else { return }
        guard critical.isArray else { throw BuiltinFault("crit: must be a list") }
        guard critical.array.count > 0 else { throw BuiltinFault("crit: must be a nonempty list") }
        let known = ["alg", "kid", "typ", "cty", "crit"]
        for name in critical.array.buffer {
            guard let text = name.string else {
                throw BuiltinFault("crit: must be a list of strings")
            }
            if !known.contains(text) { isUnderstood = false }
        }
    }
}
