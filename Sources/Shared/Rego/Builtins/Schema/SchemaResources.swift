internal import Bytes

/// What the references of one schema document may name: the document, its parts, and the parts
/// that have an identifier. Nothing is ever fetched.
struct SchemaResources {
    let rootAddress: String
    let draft: SchemaDraft
    private let document: Value
    /// The schemas that have identifiers, by their absolute address.
    private var identified: [String: Value] = [:]

    init(_ document: Value) throws(BuiltinFault) {
        self.document = document
        var draft = SchemaDraft.hybrid
        var address = ""
        if document.isObject {
            let keywords = SchemaKeywords(document.object)
            if let url = try keywords.text("$schema") { draft = SchemaDraft(url: url) }
            if let id = try keywords.identifier(draft) { address = SchemaAddress.parts(id).base }
        }
        self.draft = draft
        rootAddress = address
        collect(document, base: address, depth: 0)
    }

    private mutating func collect(_ value: Value, base: String, depth: Int) {
        guard depth < SchemaCompiler.depthMax else { return }
        if value.isArray {
            for element in value.array.buffer { collect(element, base: base, depth: depth + 1) }
        }
        guard value.isObject else { return }
        var base = base
        let keywords = SchemaKeywords(value.object)
        if let id = (keywords["id"] ?? keywords["$id"])?.string {
            let address = SchemaAddress.resolve(id, against: base)
            if identified[address] == nil { identified[address] = value }
            base = SchemaAddress.parts(address).base
        }
        for index in 0..<value.object.count {
            let key = value.object.key(at: index)
            // These hold values, not schemas.
            if key.isString("const") || key.isString("enum") { continue }
            let inner = value.object.value(at: index)
            let isMap =
                key.isString("properties") || key.isString("dependencies")
                || key.isString("patternProperties")
            guard isMap, inner.isObject else {
                collect(inner, base: base, depth: depth + 1)
                continue
            }
            for position in 0..<inner.object.count {
                collect(inner.object.value(at: position), base: base, depth: depth + 2)
            }
        }
    }

    /// The schema at an absolute address, and the address that its own references start from.
    func find(_ address: String) throws(BuiltinFault) -> (schema: Value, base: String) {
        let parts = SchemaAddress.parts(address)
        if let found = identified[address] { return (found, parts.base) }
        guard let start = parts.base == rootAddress ? document : identified[parts.base] else {
            throw BuiltinFault(
                parts.base.utf8.contains(UInt8(ascii: ":"))
                    ? "remote reference loading disabled: \(address)"
                    : "Reference \(address) must be canonical")
        }
        return (try Self.point(parts.fragment, into: start), parts.base)
    }

    /// Follows a JSON pointer (RFC 6901).
    private static func point(
        _ fragment: String, into document: Value
    ) throws(BuiltinFault) -> Value {
        guard !fragment.isEmpty else { return document }
        let raw = Array(fragment.utf8)
        let decoded = (try? Percent.decode(raw.span, .fragment)) ?? raw
        let pointer = String(decoding: decoded, as: UTF8.self)
        guard pointer.hasPrefix("/") else {
            throw BuiltinFault("JSON pointer must be empty or start with a \"/")
        }
        var place = document
        for part in pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            let name = unescape(part)
            guard let next = step(place, name) else {
                throw BuiltinFault("Object has no key '\(name)'")
            }
            place = next
        }
        return place
    }

    /// `~1` is a slash and `~0` a tilde.
    private static func unescape(_ part: Substring) -> String {
        var pieces = part.split(separator: "~", omittingEmptySubsequences: false)[...]
        var name = String(pieces.popFirst() ?? "")
        for piece in pieces {
            switch piece.first {
            case "1": name += "/" + piece.dropFirst()
            case "0": name += "~" + piece.dropFirst()
            default: name += "~" + piece
            }
        }
        return name
    }

    private static func step(_ place: Value, _ name: String) -> Value? {
        if place.isArray {
            guard let index = Int(name), index >= 0, index < place.array.count else { return nil }
            return place.array[index]
        }
        guard place.isObject else { return nil }
        let object = place.object
        let position = (0..<object.count).first { object.key(at: $0).string == name }
        return position.map { object.value(at: $0) }
    }
}

/// Addresses of schemas.
enum SchemaAddress {
    static func parts(_ address: String) -> (base: String, fragment: String) {
        guard let mark = address.utf8.firstIndex(of: UInt8(ascii: "#")) else {
            return (address, "")
        }
        return (String(address[..<mark]), String(address[address.utf8.index(after: mark)...]))
    }

    /// A reference made absolute. An empty fragment is none.
    static func resolve(_ reference: String, against base: String) -> String {
        let own = parts(reference)
        let root = parts(base).base
        let target = own.base.isEmpty ? root : join(own.base, to: root)
        return own.fragment.isEmpty ? target : target + "#" + own.fragment
    }

    private static func join(_ path: String, to base: String) -> String {
        if path.utf8.contains(UInt8(ascii: ":")) || base.isEmpty { return path }
        guard let colon = base.firstIndex(of: ":"), base[colon...].hasPrefix("://") else {
            return directory(base[...]) + path
        }
        let rest = base[colon...].dropFirst(3)
        let hostEnd = rest.firstIndex(of: "/") ?? rest.endIndex
        if path.hasPrefix("/") { return base[..<hostEnd] + path }
        return base[..<hostEnd] + directory(rest[hostEnd...]) + path
    }

    private static func directory(_ path: Substring) -> Substring {
        guard let slash = path.lastIndex(of: "/") else { return path.isEmpty ? "/" : "" }
        return path[...slash]
    }
}
