internal import Bytes

/// A value as OPA prints a term: strings quoted as Go quotes them, `set()` for the empty set.
enum TermText {
    /// Values nested deeper than this print as `…`.
    private static let depthMax = 1_000

    static func string(_ value: Value) -> String {
        var out: [UInt8] = []
        append(value, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    static func append(_ value: Value, to out: inout [UInt8], depth: Int = 0) {
        guard depth < depthMax else {
            out += Array("…".utf8)
            return
        }
        switch value.kind {
        case .undefined: out += Array("undefined".utf8)
        case .null: out += Array("null".utf8)
        case .boolean: out += Array((value.isTrue ? "true" : "false").utf8)
        case .number: value.withNumberText { out.append(contentsOf: $0) }
        case .string:
            guard Work.spend(Work.units(bytes: value.stringBytes.count)) else { return }
            GoQuote.append(value.stringBytes.utf8, to: &out)
        case .array:
            out.append(UInt8(ascii: "["))
            appendList(value.array.buffer, to: &out, depth)
            out.append(UInt8(ascii: "]"))
        case .set:
            if value.set.count == 0 {
                out += Array("set()".utf8)
                return
            }
            out.append(UInt8(ascii: "{"))
            appendList(value.set.buffer, to: &out, depth)
            out.append(UInt8(ascii: "}"))
        case .object:
            appendObject(value.object, to: &out, depth)
        }
    }

    private static func appendList(
        _ values: UnsafeBufferPointer<Value>, to out: inout [UInt8], _ depth: Int
    ) {
        guard Work.spend(values.count, depth: depth) else { return }
        for (index, element) in values.enumerated() {
            if index > 0 { out += [UInt8(ascii: ","), ASCII.space] }
            append(element, to: &out, depth: depth + 1)
        }
    }

    private static func appendObject(
        _ object: ObjectView, to out: inout [UInt8], _ depth: Int
    ) {
        guard Work.spend(object.count, depth: depth) else { return }
        out.append(UInt8(ascii: "{"))
        for index in 0..<object.count {
            if index > 0 { out += [UInt8(ascii: ","), ASCII.space] }
            append(object.key(at: index), to: &out, depth: depth + 1)
            out += [UInt8(ascii: ":"), ASCII.space]
            append(object.value(at: index), to: &out, depth: depth + 1)
        }
        out.append(UInt8(ascii: "}"))
    }
}
