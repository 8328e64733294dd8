internal import Bytes
internal import SwiftProtobuf

/// Finds what keeps a JSON text from being a message, for whoever wrote it: where it is, and what
/// is expected there.
struct MessageComplaint {
    /// What is wrong, and the byte where it is.
    private struct Found: Error {
        let text: String
        let at: Int
    }

    private enum Stop: Error {
        case syntax(JSONError)
        case found(Found)
    }

    private let json: [UInt8]
    private var reader: JSONReader
    /// Where the last token begins.
    private var start = 0

    private static let depthMax = 64

    /// Nil when nothing was found.
    static func describe(_ json: [UInt8], type name: String) -> String? {
        json.withUnsafeBytes { bytes in
            var complaint = MessageComplaint(json, JSONReader(bytes, depthLimit: depthMax))
            do throws(Stop) {
                let first = try complaint.next()
                try complaint.message(first, "." + name, "the request")
                _ = try complaint.next()
                return nil
            } catch {
                switch error {
                case .syntax(let error): return JSONPlace.describe(error, in: json)
                case .found(let found):
                    return "\(found.text) at \(JSONPlace.place(of: found.at, in: json))"
                }
            }
        }
    }

    private init(_ json: [UInt8], _ reader: JSONReader) {
        self.json = json
        self.reader = reader
    }

    private mutating func next() throws(Stop) -> JSONToken {
        start = reader.offset
        while start < json.count, " \t\r\n,:".utf8.contains(json[start]) { start += 1 }
        do throws(JSONError) {
            return try reader.next()
        } catch {
            throw .syntax(error)
        }
    }

    private func expected(_ what: String, _ name: String) -> Stop {
        .found(Found(text: "\(name): expected \(what)", at: start))
    }

    private mutating func message(
        _ token: JSONToken, _ type: String, _ name: String
    ) throws(Stop) {
        guard let known = MessageTypes.known.message(type), !type.hasPrefix(".google.protobuf.")
        else { return try skip(token) }
        guard token == .beginObject else { throw expected("an object", name) }
        while try next() == .key {
            let key = String(decoding: reader.text, as: UTF8.self)
            guard let field = known.fields.first(where: { $0.name == key || $0.jsonName == key })
            else { throw .found(Found(text: "there is no field '\(key)'", at: start)) }
            try self.field(field)
        }
    }

    private mutating func field(_ field: MessageTypes.Field) throws(Stop) {
        let token = try next()
        guard token != .null else { return }
        guard field.label == .repeated else { return try value(token, field) }
        if let entry = MessageTypes.known.message(field.typeName), entry.isMapEntry {
            guard token == .beginObject else { throw expected("an object", field.name) }
            while try next() == .key {
                guard let member = entry.fields.last else { return }
                try value(try next(), member, name: field.name)
            }
            return
        }
        guard token == .beginArray else { throw expected("a list", field.name) }
        while true {
            let token = try next()
            if token == .endArray { return }
            try value(token, field)
        }
    }

    private mutating func value(
        _ token: JSONToken, _ field: MessageTypes.Field, name: String? = nil
    ) throws(Stop) {
        let name = name ?? field.name
        switch field.type {
        case .message, .group: try message(token, field.typeName, name)
        case .bool where token != .true && token != .false:
            throw expected("true or false", name)
        case .string where token != .string, .bytes where token != .string:
            throw expected("a text", name)
        case .enum where token != .string && token != .number:
            throw expected("the name of a value", name)
        case .int32, .sint32, .sfixed32, .uint32, .fixed32, .int64, .sint64, .sfixed64, .uint64,
            .fixed64:
            guard token == .number || token == .string, isWhole(field.type) else {
                throw expected(Self.range(of: field.type), name)
            }
        case .float, .double:
            guard token == .number || token == .string else { throw expected("a number", name) }
        case .bool, .string, .bytes, .enum: return
        }
    }

    private static func range(of type: Google_Protobuf_FieldDescriptorProto.TypeEnum) -> String {
        switch type {
        case .uint32, .fixed32: "a whole number from 0 to \(UInt32.max)"
        case .uint64, .fixed64: "a whole number from 0 to \(UInt64.max)"
        case .int32, .sint32, .sfixed32: "a whole number of 32 bits"
        default: "a whole number of 64 bits"
        }
    }

    private func isWhole(_ type: Google_Protobuf_FieldDescriptorProto.TypeEnum) -> Bool {
        let text = String(decoding: reader.text, as: UTF8.self)
        let double = Double(text)
        switch type {
        case .uint32, .fixed32: return UInt32(text) ?? double.flatMap { UInt32(exactly: $0) } != nil
        case .uint64, .fixed64: return UInt64(text) ?? double.flatMap { UInt64(exactly: $0) } != nil
        case .int32, .sint32, .sfixed32:
            return Int32(text) ?? double.flatMap { Int32(exactly: $0) } != nil
        default: return Int64(text) ?? double.flatMap { Int64(exactly: $0) } != nil
        }
    }

    private mutating func skip(_ token: JSONToken) throws(Stop) {
        var depth = 0
        var token = token
        while true {
            switch token {
            case .beginArray, .beginObject: depth += 1
            case .endArray, .endObject: depth -= 1
            case .null, .true, .false, .number, .string, .key, .end: break
            }
            guard depth > 0, token != .end else { return }
            token = try next()
        }
    }
}
