/// A request or a response as a peer read it.
public struct Message {
    public var startLine = ""
    public var fields: [(name: String, value: String)] = []
    public var body: [UInt8] = []
    public var trailers: [(name: String, value: String)] = []
    /// Whether the body ended as its framing says, not just because the connection did.
    public var isComplete = false

    /// Of a response.
    public var status: Int { Int(startLine.split(separator: " ").dropFirst().first ?? "") ?? 0 }

    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The values of all lines with that name, whatever its case.
    public func values(_ name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name }.map(\.value)
    }

    /// The value of the only line with that name.
    public subscript(name: String) -> String? {
        let found = values(name)
        return found.count == 1 ? found[0] : nil
    }
}

extension Peer {
    /// Reads a head and the body that belongs to it.
    ///
    /// - Parameter method: of the request that a response answers.
    public func readMessage(answering method: String = "GET") throws -> Message {
        var message = try readHead()
        try readBody(of: &message, answering: method)
        return message
    }

    /// Reads the start line and the fields; the body stays unread.
    public func readHead() throws -> Message {
        let end: [UInt8] = Array("\r\n\r\n".utf8)
        try fill { Self.find(end, in: $0) != nil }
        let count = Self.find(end, in: received) ?? 0
        let lines = Self.lines(received[..<count])
        received.removeFirst(count + end.count)
        return Message(startLine: lines.first ?? "", fields: Self.fields(lines.dropFirst()))
    }

    public func readBody(of message: inout Message, answering method: String = "GET") throws {
        let isResponse = message.startLine.hasPrefix("HTTP/")
        let hasNone = isResponse
            && (method == "HEAD" || message.status < 200 || [204, 304].contains(message.status))
        if hasNone {
            message.isComplete = true
        } else if message["transfer-encoding"] == "chunked" {
            try readChunks(of: &message)
        } else if let length = message["content-length"].flatMap({ Int($0) }) {
            try readUntilEnd(of: &message) { $0.count >= length }
            message.isComplete = received.count >= length
            message.body = Array(received.prefix(length))
            received.removeFirst(message.body.count)
        } else if isResponse {
            try readUntilEnd(of: &message) { _ in false }
            message.body = received
            received = []
        } else {
            message.isComplete = true
        }
    }

    /// Reads until `isEnough`, or the end of the connection. A response that ends with its
    /// connection is complete when that was closed, and not when it was reset.
    private func readUntilEnd(
        of message: inout Message, _ isEnough: ([UInt8]) -> Bool
    ) throws {
        while !isEnough(received) {
            switch try read() {
            case .bytes(let bytes): received += bytes
            case .end:
                message.isComplete = true
                return
            case .reset: return
            }
        }
    }

    private func readChunks(of message: inout Message) throws {
        while let size = try readLine().flatMap({ Int($0, radix: 16) }) {
            guard size > 0 else {
                while let line = try readLine() {
                    if line.isEmpty {
                        message.isComplete = true
                        return
                    }
                    message.trailers += Self.fields([line])
                }
                return
            }
            var ignored = message
            try readUntilEnd(of: &ignored) { $0.count >= size + 2 }
            message.body += received.prefix(size)
            received.removeFirst(min(received.count, size + 2))
        }
    }

    /// Nil when the connection ended before the line did.
    private func readLine() throws -> String? {
        let end: [UInt8] = Array("\r\n".utf8)
        var ignored = Message()
        try readUntilEnd(of: &ignored) { Self.find(end, in: $0) != nil }
        guard let count = Self.find(end, in: received) else { return nil }
        defer { received.removeFirst(count + 2) }
        return String(decoding: received[..<count], as: UTF8.self)
    }

    private static func find(_ wanted: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= wanted.count else { return nil }
        return (0...(bytes.count - wanted.count)).first {
            bytes[$0] == wanted[0] && bytes[$0..<($0 + wanted.count)].elementsEqual(wanted)
        }
    }

    private static func lines(_ head: ArraySlice<UInt8>) -> [String] {
        String(decoding: head, as: UTF8.self).split(
            separator: "\r\n", omittingEmptySubsequences: false
        ).map(String.init)
    }

    private static func fields(
        _ lines: some Sequence<String>
    ) -> [(name: String, value: String)] {
        lines.map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
            return (String(parts[0]), String(value))
        }
    }
}
