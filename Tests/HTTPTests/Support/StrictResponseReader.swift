/// Reads what a client was sent, with no tolerance at all.
struct StrictResponseReader {
    struct Response {
        var status: Int
        var fields: [(name: String, value: String)]
        var content: [UInt8] = []
        /// Its end could be seen.
        var isComplete = true
    }

    struct Malformed: Error {
        let what: String
    }

    private let bytes: [UInt8]
    private var index = 0

    static func responses(
        in bytes: [UInt8], method: String, isClosed: Bool
    ) throws -> [Response] {
        var reader = StrictResponseReader(bytes: bytes)
        var responses: [Response] = []
        while reader.index < bytes.count {
            responses.append(try reader.response(method, isClosed))
        }
        return responses
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func response(_ method: String, _ isClosed: Bool) throws -> Response {
        guard let start = try line(), start.hasPrefix("HTTP/1.1 "), start.count >= 13,
            let status = Int(start.dropFirst(9).prefix(3)), (100...599).contains(status),
            start.dropFirst(12).first == " "
        else { throw Malformed(what: "status line") }
        var response = Response(status: status, fields: [])
        while let text = try line(), !text.isEmpty {
            guard let colon = text.firstIndex(of: ":"), colon > text.startIndex,
                String(text[..<colon]).isToken
            else { throw Malformed(what: "field \(text)") }
            let value = text[text.index(after: colon)...].drop { $0 == " " }
            response.fields.append((text[..<colon].lowercased(), String(value)))
        }
        if status < 200 || status == 204 || status == 304 || method == "HEAD" { return response }
        let lengths = response.fields.filter { $0.name == "content-length" }
        let codings = response.fields.filter { $0.name == "transfer-encoding" }
        guard lengths.count + codings.count <= 1 else { throw Malformed(what: "framing") }
        if let length = lengths.first {
            guard let count = Int(length.value) else { throw Malformed(what: "length") }
            let end = min(index + count, bytes.count)
            response.content = Array(bytes[index..<end])
            response.isComplete = end == index + count
            index = end
        } else if codings.first != nil {
            try readChunks(&response)
        } else {
            response.content = Array(bytes[index...])
            response.isComplete = isClosed
            index = bytes.count
        }
        return response
    }

    private mutating func readChunks(_ response: inout Response) throws {
        response.isComplete = false
        while index < bytes.count {
            guard let size = try line(), let count = Int(size, radix: 16) else {
                throw Malformed(what: "chunk size")
            }
            if count == 0 {
                response.isComplete = try line() == ""
                return
            }
            guard index + count + 2 <= bytes.count else {
                index = bytes.count
                return
            }
            response.content += bytes[index..<index + count]
            index += count
            guard try line() == "" else { throw Malformed(what: "chunk end") }
        }
    }

    private mutating func line() throws -> String? {
        guard let end = bytes[index...].firstIndex(of: 13) else {
            throw Malformed(what: "no CR")
        }
        let text = Array(bytes[index..<end])
        guard end + 1 < bytes.count, bytes[end + 1] == 10,
            text.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 9 })
        else { throw Malformed(what: "line") }
        index = end + 2
        return text.text
    }
}
