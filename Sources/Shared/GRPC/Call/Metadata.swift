internal import Bytes
public import HTTP

/// What a call carries beside its messages: names in lower case, values as bytes. A name that ends
/// in `-bin` has any bytes, and is sent in base64; the others have printable ASCII.
public struct Metadata: Sendable, Equatable {
    public struct Entry: Sendable, Equatable {
        public let name: String
        public let value: [UInt8]
    }

    public private(set) var entries: [Entry] = []

    public init() {}

    /// The first value of that name.
    public subscript(name: String) -> String? {
        bytes(name).map { String(decoding: $0, as: UTF8.self) }
    }

    public func bytes(_ name: String) -> [UInt8]? {
        entries.first { $0.name == name }?.value
    }

    /// Adds an entry. False, and nothing is added, when name or value cannot be sent.
    @discardableResult
    public mutating func add(_ name: String, _ value: [UInt8]) -> Bool {
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isNameByte), !Self.isReserved(name) else {
            return false
        }
        guard name.hasSuffix("-bin") || value.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
            return false
        }
        entries.append(Entry(name: name, value: value))
        return true
    }

    @discardableResult
    public mutating func add(_ name: String, _ value: String) -> Bool {
        add(name, Array(value.utf8))
    }

    // MARK: on the wire

    /// What a request's head says, without what belongs to HTTP and to gRPC itself. Throws when a
    /// `-bin` value is no base64.
    init(_ head: borrowing RequestHead, _ bytes: UnsafeRawBufferPointer) throws(Status) {
        for index in 0..<head.fields.count {
            let field = head.fields[index]
            if Self.isTransports(field.name) { continue }
            let name = String(decoding: field.nameRange.slice(of: bytes), as: UTF8.self)
                .lowercased()
            if Self.isReserved(name) { continue }
            let value = field.valueRange.slice(of: bytes)
            guard name.hasSuffix("-bin") else {
                entries.append(Entry(name: name, value: Array(value)))
                continue
            }
            // Several values of one name may stand in one line.
            for part in value.split(separator: UInt8(ascii: ",")) {
                entries.append(Entry(name: name, value: try Self.decode(part, name)))
            }
        }
    }

    private static func decode(_ text: Slice<UnsafeRawBufferPointer>, _ name: String)
        throws(Status) -> [UInt8]
    {
        let trimmed = Array(text.filter { $0 != ASCII.space && $0 != UInt8(ascii: "=") })
        do throws(Base64.Corrupt) {
            return try Base64.rawStandard.decode(trimmed.span)
        } catch {
            throw Status(.invalidArgument, "\(name) is no base64")
        }
    }

    /// Appends field lines.
    func write(to lines: inout [UInt8]) {
        for entry in entries {
            lines += Array(entry.name.utf8) + [0x3A, 0x20]
            lines +=
                entry.name.hasSuffix("-bin")
                ? Base64.rawStandard.encode(entry.value.span) : entry.value
            lines += [ASCII.carriageReturn, ASCII.lineFeed]
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func isTransports(_ name: FieldName) -> Bool {
        switch name {
        case .host, .contentLength, .transferEncoding, .connection, .te, .contentType, .trailer:
            true
        default: false
        }
    }

    private static func isReserved(_ name: String) -> Bool {
        name.hasPrefix("grpc-") || name == "content-type" || name == "te"
    }
}
