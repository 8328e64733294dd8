internal import Bytes

/// A JSON document that a client sent, with its numbers as they were spelt.
indirect enum JSONValue: Equatable {
    case null
    case boolean(Bool)
    case number(String)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    /// Why a text is no such document.
    struct Fault: Error, Equatable {
        let text: String
    }

    private static let depthMax = 32

    /// Names that an object has twice are refused: two readers could see two values.
    init(_ json: [UInt8]) throws(Fault) {
        let result = json.withUnsafeBytes { bytes in
            Result { () throws(Fault) in
                var parser = Parser(JSONReader(bytes, depthLimit: Self.depthMax), json)
                let value = try parser.value(try parser.next())
                _ = try parser.next()
                return value
            }
        }
        self = try result.get()
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .boolean(let value): writer.boolean(value)
        case .number(let text): Array(text.utf8).withUnsafeBytes { writer.raw($0) }
        case .text(let text): writer.string(text)
        case .list(let values):
            writer.beginArray()
            for value in values { value.write(to: &writer) }
            writer.endArray()
        case .object(let members):
            writer.beginObject()
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                writer.text(key: name)
                value.write(to: &writer)
            }
            writer.endObject()
        }
    }

    private struct Parser {
        private var reader: JSONReader
        private let json: [UInt8]

        init(_ reader: JSONReader, _ json: [UInt8]) {
            self.reader = reader
            self.json = json
        }

        mutating func next() throws(Fault) -> JSONToken {
            do throws(JSONError) {
                return try reader.next()
            } catch {
                throw Fault(text: JSONPlace.describe(error, in: json))
            }
        }

        /// The value that begins with `token`; the reader bounds how deep it goes.
        mutating func value(_ token: JSONToken) throws(Fault) -> JSONValue {
            switch token {
            case .null: return .null
            case .true: return .boolean(true)
            case .false: return .boolean(false)
            case .number: return .number(String(decoding: reader.text, as: UTF8.self))
            case .string: return .text(text)
            case .beginArray: return .list(try list())
            case .beginObject: return .object(try object())
            case .key, .endArray, .endObject, .end: throw Fault(text: "a value is missing")
            }
        }

        private mutating func list() throws(Fault) -> [JSONValue] {
            var values: [JSONValue] = []
            while true {
                let token = try next()
                if token == .endArray { return values }
                values.append(try value(token))
            }
        }

        private mutating func object() throws(Fault) -> [String: JSONValue] {
            var members: [String: JSONValue] = [:]
            while try next() == .key {
                let name = text
                guard members[name] == nil else {
                    throw Fault(text: "'\(name)' is twice in an object")
                }
                members[name] = try value(try next())
            }
            return members
        }

        private var text: String {
            guard reader.hasEscapes else { return String(decoding: reader.text, as: UTF8.self) }
            return String(unsafeUninitializedCapacity: reader.text.count) {
                JSONEscapes.resolve(reader.text, to: UnsafeMutableRawBufferPointer($0))
            }
        }
    }
}
