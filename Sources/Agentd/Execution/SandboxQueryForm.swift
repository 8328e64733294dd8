internal import Bytes
internal import Sandbox

/// How what SQLite stores is told in JSON, and the other way round. Nothing is rounded: whole
/// numbers are 64 bits, reals are told so that they are read as the same, and what has no JSON form
/// is an object that says what it is.
enum SandboxQueryForm {
    /// Nil for what no column can hold: a whole number of more than 64 bits.
    static func number(_ value: JSONValue) -> SandboxQuery.Value? {
        guard case .number(let text) = value else { return nil }
        if value.isSpeltWhole { return Int64(text).map { .integer($0) } }
        return Double(text).flatMap { $0.isFinite ? .real($0) : nil }
    }

    /// As it is bound to a parameter; a boolean is the number that SQLite has for it.
    static func value(_ value: JSONValue) -> SandboxQuery.Value {
        switch value {
        case .null, .list: .null
        case .boolean(let flag): .integer(flag ? 1 : 0)
        case .number: number(value) ?? .null
        case .text(let text): .text(Array(text.utf8))
        case .object: value.blob.map { .blob($0) } ?? .null
        }
    }

    static func write(_ value: SandboxQuery.Value, to writer: inout JSONWriter) {
        switch value {
        case .null: writer.null()
        case .integer(let number): writer.integer(number)
        case .real(let number): write(number, to: &writer)
        case .text(let bytes) where String(validating: bytes, as: UTF8.self) != nil:
            bytes.withUnsafeBytes { writer.string($0) }
        case .text(let bytes): writeBytes(bytes, type: "text", to: &writer)
        case .blob(let bytes): writeBytes(bytes, type: nil, to: &writer)
        }
    }

    private static func write(_ number: Double, to writer: inout JSONWriter) {
        guard number.isFinite else {
            writer.beginObject()
            writer.member("real", "\(number)")
            return writer.endObject()
        }
        Array("\(number)".utf8).withUnsafeBytes { writer.raw($0) }
    }

    private static func writeBytes(
        _ bytes: [UInt8], type: String?, to writer: inout JSONWriter
    ) {
        writer.beginObject()
        if let type { writer.member("type", type) }
        writer.member(
            "base64", String(decoding: Base64.standard.encode(bytes.span), as: UTF8.self))
        writer.endObject()
    }
}
