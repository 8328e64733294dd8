import HTTP
import Testing

/// A client's and a server's connection, with memory between them.
final class H2Pair {
    let client = H2Connection(role: .client, limits: limits, space: H2Workspace())
    let server = H2Connection(role: .server, limits: limits, space: H2Workspace())

    /// Nobody answers, so all requests stay open.
    private static var limits: H2Limits {
        var limits = H2Limits.upstream
        limits.streamsMax = 10_000
        limits.connectionWindowBytes = 1 << 20
        return limits
    }

    /// Sends a request head. Returns the bytes that it took, frames included.
    func send(_ head: String) throws -> [UInt8] {
        _ = output(of: client)
        let bytes = Array(head.utf8)
        _ = try #require(
            bytes.withUnsafeBytes { client.request($0, isSecure: false, ends: true, user: 1) })
        return output(of: client)
    }

    /// The heads that the bytes bring the server.
    func heads(in bytes: [UInt8]) -> [String] {
        var texts: [String] = []
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let used = server.receive(rest, now: 0)
                rest = UnsafeRawBufferPointer(rebasing: rest[used...])
                while let event = server.next() {
                    guard case .head(_, _, let range, _) = event else { continue }
                    texts.append(String(decoding: range.slice(of: server.text), as: UTF8.self))
                }
            }
        }
        return texts
    }

    func output(of connection: H2Connection) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: H2Connection.outputBytesMin)
        let count = bytes.withUnsafeMutableBytes { connection.write(to: $0) }
        return Array(bytes[..<count])
    }
}
