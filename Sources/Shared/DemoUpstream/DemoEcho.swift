internal import Bytes
internal import COpenSSL

/// A request as JSON. Of credentials only enough is shown to see which one it was.
enum DemoEcho {
    static func json(_ request: DemoRequest) -> [UInt8] {
        var writer = JSONWriter(capacity: 1024)
        func member(_ name: StaticString, _ text: String) {
            writer.key(name)
            writer.string(text)
        }
        writer.beginObject()
        member("method", request.method)
        member("path", request.path)
        member("host", request.host)
        member("origin", request.peer.host)
        writer.key("args")
        write(parameters(request.query), to: &writer)
        writer.key("headers")
        write(request.fields, to: &writer)
        member("data", String(decoding: request.content, as: UTF8.self))
        writer.key("length")
        writer.integer(Int64(request.contentCount))
        writer.endObject()
        return writer.bytes + [ASCII.lineFeed]
    }

    /// Values of one name are joined: JSON has each name once.
    private static func write(
        _ pairs: [(name: String, value: String)], to writer: inout JSONWriter
    ) {
        writer.beginObject()
        var written: Set<String> = []
        for (name, _) in pairs where written.insert(name.lowercased()).inserted {
            let values = pairs.filter { $0.name.lowercased() == name.lowercased() }
            let shown = values.map { isCredential(name) ? masked($0.value) : $0.value }
            var key = name
            key.withUTF8 { writer.key(UnsafeRawBufferPointer($0)) }
            writer.string(shown.joined(separator: ", "))
        }
        writer.endObject()
    }

    private static func parameters(_ query: String) -> [(name: String, value: String)] {
        query.split(separator: "&").map { part in
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(pair[0]), pair.count > 1 ? String(pair[1]) : "")
        }
    }

    private static func isCredential(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["auth", "key", "token", "secret", "cookie", "signature"].contains {
            name.contains($0)
        }
    }

    /// The scheme, the last four characters, and the start of the SHA-256.
    private static func masked(_ value: String) -> String {
        let words = value.split(separator: " ", maxSplits: 1)
        let secret = words.count > 1 ? words[1] : words.first ?? ""
        var digest = [UInt8](repeating: 0, count: 32)
        let bytes = Array(secret.utf8)
        copenssl_sha256(bytes, bytes.count, &digest)
        let start = Array(digest[..<4])
        let proof = String(decoding: Hex.encode(start.span), as: UTF8.self)
        let end = secret.utf8.count >= 12 ? "…" + secret.suffix(4) : "…"
        let scheme = words.count > 1 ? words[0] + " " : ""
        return "\(scheme)\(end) (sha256 \(proof)…)"
    }
}
