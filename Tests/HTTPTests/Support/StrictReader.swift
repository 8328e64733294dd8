/// A second, simple reader of HTTP/1.1 requests that takes one spelling and nothing else. What
/// Sluice writes must be that spelling; valid vectors are, up to chunk extensions.
struct StrictReader {
    struct Request: Equatable {
        var method: String
        var target: String
        var fields: [(name: String, value: String)]
        var content: [UInt8]

        static func == (left: Request, right: Request) -> Bool {
            left.method == right.method && left.target == right.target
                && left.content == right.content
        }

        func values(_ name: String) -> [String] {
            fields.filter { $0.name.lowercased() == name }.map(\.value)
        }

        /// Of the absolute target, else of Host.
        var host: String {
            let lowered = target.lowercased()
            for scheme in ["http://", "https://"] where lowered.hasPrefix(scheme) {
                let rest = target.dropFirst(scheme.count)
                return Self.key(String(rest.prefix { $0 != "/" && $0 != "?" }))
            }
            return Self.key(values("host").first ?? "")
        }

        private static func key(_ host: String) -> String {
            var host = host.lowercased()
            if let colon = host.lastIndex(of: ":"),
                host[host.index(after: colon)...].allSatisfy(\.isNumber)
            {
                host = String(host[..<colon])
            }
            while host.hasSuffix(".") { host.removeLast() }
            return host
        }
    }

    struct Malformed: Error {
        let what: String
        init(_ what: String) { self.what = what }
    }

    private let bytes: [UInt8]
    private var index = 0

    /// All requests in `bytes`, to the last byte.
    static func requests(in bytes: [UInt8]) throws -> [Request] {
        var reader = StrictReader(bytes)
        var requests: [Request] = []
        while reader.index < bytes.count { requests.append(try reader.request()) }
        return requests
    }

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    private mutating func request() throws -> Request {
        let parts = try line().split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[2].hasPrefix("HTTP/1."), !parts[0].isEmpty else {
            throw Malformed("request line")
        }
        let fields = try section()
        var request = Request(
            method: String(parts[0]), target: String(parts[1]), fields: fields, content: [])
        let length = request.values("content-length")
        let coding = request.values("transfer-encoding")
        guard length.count + coding.count <= 1, request.values("host").count <= 1 else {
            throw Malformed("framing or host repeated")
        }
        if let coding = coding.first {
            guard coding.lowercased() == "chunked" else { throw Malformed("coding") }
            request.content = try chunks()
        } else if let length = length.first {
            guard let count = Int(length), count >= 0, index + count <= bytes.count else {
                throw Malformed("length")
            }
            request.content = Array(bytes[index..<index + count])
            index += count
        }
        return request
    }

    private mutating func chunks() throws -> [UInt8] {
        var content: [UInt8] = []
        while true {
            let size = try line().prefix { $0 != ";" && $0 != " " }
            guard let count = Int(size, radix: 16), count >= 0 else { throw Malformed("chunk") }
            if count == 0 { break }
            guard index + count <= bytes.count else { throw Malformed("chunk data") }
            content += bytes[index..<index + count]
            index += count
            guard try line().isEmpty else { throw Malformed("chunk end") }
        }
        _ = try section()
        return content
    }

    private mutating func section() throws -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        while true {
            let text = try line()
            if text.isEmpty { return fields }
            guard let colon = text.firstIndex(of: ":") else { throw Malformed("colon") }
            let name = String(text[..<colon])
            guard name.isToken else { throw Malformed("name \(name)") }
            let value = text[text.index(after: colon)...]
            let trimmed = value.drop { $0 == " " || $0 == "\t" }
            let end = trimmed.lastIndex { $0 != " " && $0 != "\t" }
            fields.append((name, end.map { String(trimmed[...$0]) } ?? ""))
        }
    }

    /// The line up to CRLF, without control characters.
    private mutating func line() throws -> String {
        var end = index
        while end < bytes.count, bytes[end] >= 0x20 && bytes[end] != 0x7F || bytes[end] == 9 {
            end += 1
        }
        guard end + 1 < bytes.count, bytes[end] == 13, bytes[end + 1] == 10 else {
            throw Malformed("line at \(index)")
        }
        defer { index = end + 2 }
        return Array(bytes[index..<end]).text
    }
}
