extension YAMLNode {
    /// Writes the node as JSON the way sigs.k8s.io/yaml does, which is how OPA reads YAML: keys
    /// that are no strings become their text, merges are resolved, the last of equal keys counts.
    public func write(to writer: inout JSONWriter) throws(YAMLError) {
        switch content {
        case .scalar(let scalar):
            try Self.write(try YAMLValue(scalar, at: mark), at: mark, to: &writer)
        case .sequence(let items):
            writer.beginArray()
            for item in items { try item.write(to: &writer) }
            writer.endArray()
        case .mapping(let pairs):
            writer.beginObject()
            try writeMembers(pairs, to: &writer)
            writer.endObject()
        }
    }

    /// The JSON text of a document; `null` for one without a node.
    public static func json(
        _ bytes: [UInt8], limits: YAMLReader.Limits = .init()
    ) throws(YAMLError) -> [UInt8] {
        var writer = JSONWriter(capacity: bytes.count)
        if let root = try YAMLReader.read(bytes, limits: limits).root {
            try root.write(to: &writer)
        } else {
            writer.null()
        }
        return writer.bytes
    }

    private func writeMembers(
        _ pairs: [YAMLPair], to writer: inout JSONWriter
    ) throws(YAMLError) {
        // Merged members first: those that the mapping spells out come later and count.
        for pair in pairs where try pair.key.isMerge() {
            try pair.value.writeMerged(to: &writer)
        }
        for pair in pairs where try !pair.key.isMerge() {
            var key = try pair.key.memberName()
            key.withUTF8 { writer.key(UnsafeRawBufferPointer($0)) }
            try pair.value.write(to: &writer)
        }
    }

    private func writeMerged(to writer: inout JSONWriter) throws(YAMLError) {
        switch content {
        case .mapping(let pairs):
            try writeMembers(pairs, to: &writer)
        case .sequence(let items):
            // Of several merged mappings the earlier ones count (YAML merge type).
            for item in items.reversed() {
                guard case .mapping(let pairs) = item.content else { throw item.noMapping }
                try item.writeMembers(pairs, to: &writer)
            }
        case .scalar:
            throw noMapping
        }
    }

    private var noMapping: YAMLError {
        YAMLError(mark: mark, reason: "map merge requires map or sequence of maps as the value")
    }

    private func isMerge() throws(YAMLError) -> Bool {
        guard case .scalar(let scalar) = content, scalar.isPlain else { return false }
        return try YAMLValue(scalar, at: mark) == .merge
    }

    private func memberName() throws(YAMLError) -> String {
        guard case .scalar(let scalar) = content else {
            throw YAMLError(mark: mark, reason: "a key is a list or a mapping")
        }
        switch try YAMLValue(scalar, at: mark) {
        case .string(let text), .integer(let text): return text
        case .boolean(let value): return value ? "true" : "false"
        case .float(let double): return Self.text(double, shortest: Float(double).description)
        case .null: return "null"
        case .merge: return "<<"
        }
    }

    private static func write(
        _ value: YAMLValue, at mark: YAMLMark, to writer: inout JSONWriter
    ) throws(YAMLError) {
        switch value {
        case .null: writer.null()
        case .boolean(let boolean): writer.boolean(boolean)
        case .integer(let digits): write(raw: digits, to: &writer)
        case .string(let text): writer.string(text)
        case .merge: writer.string("<<")
        case .float(let double):
            guard double.isFinite else {
                throw YAMLError(mark: mark, reason: "json: unsupported value: \(double)")
            }
            write(raw: text(double, shortest: double.description), to: &writer)
        }
    }

    private static func write(raw text: String, to writer: inout JSONWriter) {
        var text = text
        text.withUTF8 { writer.raw(UnsafeRawBufferPointer($0)) }
    }

    /// A float as Go's encoding/json spells it: digits from 1e-6 to below 1e21, else an exponent.
    private static func text(_ value: Double, shortest: String) -> String {
        guard value.isFinite else { return value.isNaN ? ".nan" : value < 0 ? "-.inf" : ".inf" }
        guard value != 0 else { return value.sign == .minus ? "-0" : "0" }
        let parts = shortest.split(separator: "e")
        let mantissa = parts.first.map { $0.drop { $0 == "-" } } ?? "0"
        let point = mantissa.firstIndex(of: ".") ?? mantissa.endIndex
        var digits = mantissa.filter { $0 != "." }
        // The decimal exponent of the first digit.
        var exponent = mantissa.distance(from: mantissa.startIndex, to: point) - 1
        exponent += parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        while digits.count > 1, digits.hasPrefix("0") {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.count > 1, digits.hasSuffix("0") { digits.removeLast() }
        let sign = value < 0 ? "-" : ""
        if exponent < -6 || exponent >= 21 {
            let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
            let mark = exponent < 0 ? "-" : "+"
            return "\(sign)\(digits.prefix(1))\(fraction)e\(mark)\(abs(exponent))"
        }
        if exponent < 0 {
            return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits
        }
        if digits.count <= exponent + 1 {
            return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count)
        }
        return sign + digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
    }
}
