internal import Bytes
internal import SwiftProtobuf

/// Writes encoded messages as JSON, with the fields that have their default as well: a client
/// reads `"exit_code": 0` where the canonical mapping says nothing. Field names are the
/// definition's. It is what Envoy's transcoder writes with `always_print_primitive_fields` and
/// `preserve_proto_field_names`.
struct MessagePrinter {
    private let types: MessageTypes
    private var writer = JSONWriter(capacity: 1024)

    /// Deeper than any of the definitions nests.
    private static let depthMax = 32

    private init(_ types: MessageTypes) { self.types = types }

    /// Nil when the message is none of ours: the JSON of google.protobuf's own is special.
    static func print(_ message: [UInt8], type name: String) -> [UInt8]? {
        let types = MessageTypes.known
        guard !name.hasPrefix("google.protobuf."), let type = types.message("." + name) else {
            return nil
        }
        var printer = MessagePrinter(types)
        printer.write(message[...], type, depth: 0)
        return printer.writer.bytes
    }

    private mutating func write(
        _ message: ArraySlice<UInt8>, _ type: MessageTypes.MessageType, depth: Int
    ) {
        var values: [Int: [WireReader.Value]] = [:]
        var reader = WireReader(message)
        while let (field, value) = reader.next() { values[field, default: []].append(value) }
        writer.beginObject()
        if depth < Self.depthMax {
            for field in type.fields {
                write(field, values[Int(field.number)] ?? [], depth: depth)
            }
        }
        writer.endObject()
    }

    private mutating func write(
        _ field: MessageTypes.Field, _ values: [WireReader.Value], depth: Int
    ) {
        if field.label == .repeated {
            key(field.name)
            writeRepeated(field, values, depth: depth)
            return
        }
        // What says whether it is there is left out when it is not.
        let isOptional = field.type == .message || field.hasOneofIndex
        guard let value = values.last ?? (isOptional ? nil : Self.zero(field)) else { return }
        key(field.name)
        write(value, field, depth: depth)
    }

    private mutating func writeRepeated(
        _ field: MessageTypes.Field, _ values: [WireReader.Value], depth: Int
    ) {
        if let entry = types.message(field.typeName), entry.isMapEntry {
            writer.beginObject()
            for value in values { writeEntry(value, entry, depth: depth) }
            writer.endObject()
            return
        }
        writer.beginArray()
        for value in values {
            if case .bytes(let packed) = value, !Self.hasBytes(field) {
                writePacked(packed, field, depth: depth)
            } else {
                write(value, field, depth: depth)
            }
        }
        writer.endArray()
    }

    private mutating func writePacked(
        _ packed: ArraySlice<UInt8>, _ field: MessageTypes.Field, depth: Int
    ) {
        var reader = WireReader(packed)
        while !reader.isAtEnd {
            let number: UInt64? =
                switch field.type {
                case .double, .fixed64, .sfixed64: reader.fixed(8)
                case .float, .fixed32, .sfixed32: reader.fixed(4)
                default: reader.varint()
                }
            guard let number else { return }
            write(.number(number), field, depth: depth)
        }
    }

    private mutating func writeEntry(
        _ entry: WireReader.Value, _ type: MessageTypes.MessageType, depth: Int
    ) {
        guard case .bytes(let bytes) = entry, type.fields.count == 2 else { return }
        var found: [WireReader.Value?] = type.fields.map(Self.zero)
        var reader = WireReader(bytes)
        while let (field, value) = reader.next() {
            if field == 1 || field == 2 { found[field - 1] = value }
        }
        guard let name = found[0], let value = found[1] else { return }
        switch name {
        case .bytes(let text): Array(text).withUnsafeBytes { writer.key($0) }
        case .number(let number):
            Array("\(Int64(bitPattern: number))".utf8).withUnsafeBytes { writer.key($0) }
        }
        write(value, type.fields[1], depth: depth)
    }

    private mutating func write(
        _ value: WireReader.Value, _ field: MessageTypes.Field, depth: Int
    ) {
        switch value {
        case .bytes(let bytes): write(bytes: bytes, field, depth: depth)
        case .number(let number): write(number: number, field)
        }
    }

    private mutating func write(
        bytes: ArraySlice<UInt8>, _ field: MessageTypes.Field, depth: Int
    ) {
        switch field.type {
        case .message:
            guard let type = types.message(field.typeName) else { return writer.null() }
            write(bytes, type, depth: depth + 1)
        case .bytes: writer.string(Self.text(Base64.standard.encode(Array(bytes).span)))
        default: Array(bytes).withUnsafeBytes { writer.string($0) }
        }
    }

    private mutating func write(number: UInt64, _ field: MessageTypes.Field) {
        switch field.type {
        case .bool: writer.boolean(number != 0)
        case .enum:
            let value = Int32(truncatingIfNeeded: number)
            if let name = types.name(of: value, in: field.typeName) {
                writer.string(name)
            } else {
                writer.integer(Int64(value))
            }
        case .int32, .sfixed32: writer.integer(Int64(Int32(truncatingIfNeeded: number)))
        case .uint32, .fixed32: writer.integer(Int64(UInt32(truncatingIfNeeded: number)))
        case .sint32: writer.integer(Self.unfolded(number))
        // Not every reader of JSON has whole numbers of 64 bits.
        case .uint64, .fixed64: writer.string("\(number)")
        case .int64, .sfixed64: writer.string("\(Int64(bitPattern: number))")
        case .sint64: writer.string("\(Self.unfolded(number))")
        case .float: write(Float(bitPattern: UInt32(truncatingIfNeeded: number)))
        case .double: write(Double(bitPattern: number))
        case .string, .bytes, .message, .group: writer.null()
        }
    }

    private mutating func write(_ number: some BinaryFloatingPoint & CustomStringConvertible) {
        guard number.isFinite else {
            return writer.string(number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity")
        }
        Array(number.description.utf8).withUnsafeBytes { writer.raw($0) }
    }

    private mutating func key(_ name: String) {
        Array(name.utf8).withUnsafeBytes { writer.key($0) }
    }

    private static func hasBytes(_ field: MessageTypes.Field) -> Bool {
        field.type == .string || field.type == .bytes || field.type == .message
    }

    private static func zero(_ field: MessageTypes.Field) -> WireReader.Value? {
        hasBytes(field) ? .bytes([]) : .number(0)
    }

    /// ZigZag: 0, -1, 1, -2 …
    private static func unfolded(_ number: UInt64) -> Int64 {
        Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
