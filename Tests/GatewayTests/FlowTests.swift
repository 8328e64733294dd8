import Glibc
import Peers
import Testing

/// Bodies that are larger than any buffer, and peers that are slower than others.
struct FlowTests {
    private let upstream: ScriptedUpstream
    private let gateway: RunningGateway

    /// What the two sockets of a connection may hold beside the gateway's own buffers: the kernel
    /// grows its buffers to several megabytes on loopback.
    private static let kernelBytesMax = 32 << 20
    private static let bodyBytes = 48 << 20

    init() throws {
        upstream = try ScriptedUpstream()
        gateway = try RunningGateway(upstream: upstream.port)
    }

    /// What bodies repeat: a prime number of bytes, so that no buffer's size is a multiple of it.
    private static let pattern = (0..<65521).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

    /// Whether bytes are what a body has from `offset` on.
    private static func isRight(_ bytes: [UInt8], at offset: Int) -> Bool {
        var start = 0
        while start < bytes.count {
            let place = (offset + start) % pattern.count
            let count = min(bytes.count - start, pattern.count - place)
            let isEqual = bytes.withUnsafeBytes { bytes in
                pattern.withUnsafeBytes { pattern in
                    guard let left = bytes.baseAddress, let right = pattern.baseAddress else {
                        return false
                    }
                    return memcmp(left + start, right + place, count) == 0
                }
            }
            guard isEqual else { return false }
            start += count
        }
        return true
    }

    /// Sends a body from one peer to the other as fast as both take it; returns what went wrong.
    private func pump(from source: Peer, to target: Peer) throws -> String? {
        var arrived = target.received.count
        guard Self.isRight(target.received, at: 0) else { return "the first bytes are wrong" }
        target.received = []
        var sent = 0
        while arrived < Self.bodyBytes {
            let piece = Self.pattern[(sent % Self.pattern.count)...]
            let count = source.sendSome(piece.prefix(Self.bodyBytes - sent))
            guard count >= 0 else { return "the sender's connection broke at \(sent)" }
            sent += count
            let input = try target.readIfThere(
                milliseconds: count == 0 ? Peer.patienceMilliseconds : 0)
            switch input {
            case .bytes(let bytes):
                guard Self.isRight(bytes, at: arrived) else { return "wrong after \(arrived)" }
                arrived += bytes.count
            case .end, .reset: return "the receiver's connection ended at \(arrived)"
            case nil: if count == 0 { return "nothing moves at \(arrived)" }
            }
        }
        return nil
    }

    @Test func `a large upload arrives as it was sent`() throws {
        let client = try gateway.connect()
        try client.send(
            """
            PUT /api/v1/x HTTP/1.1\r
            Host: a\r
            \(RunningGateway.admin)Content-Length: \(Self.bodyBytes)\r
            \r

            """)
        let server = try upstream.accept()
        _ = try server.readHead()
        #expect(try pump(from: client, to: server) == nil)
        try server.send("HTTP/1.1 204 No Content\r\n\r\n")
        #expect(try client.readMessage().status == 204)
    }

    @Test func `a large download arrives as it was sent`() throws {
        let client = try gateway.connect()
        try client.send("GET /api/v1/x HTTP/1.1\r\nHost: a\r\n\(RunningGateway.admin)\r\n")
        let server = try upstream.accept()
        _ = try server.readMessage()
        try server.send("HTTP/1.1 200 OK\r\nContent-Length: \(Self.bodyBytes)\r\n\r\n")
        _ = try client.readHead()
        #expect(try pump(from: server, to: client) == nil)
    }

    /// How much a peer can send until nothing moves any more.
    private func fill(_ peer: Peer, most: Int) -> Int {
        let piece = [UInt8](repeating: 0x61, count: 65536)
        var sent = 0
        while sent < most {
            let count = peer.sendSome(piece[...])
            if count < 0 { break }
            sent += count
            if count == 0, !peer.wait(for: POLLOUT, milliseconds: 1_000) { break }
        }
        return sent
    }

    @Test func `an upstream waits for a client that does not read`() throws {
        let client = try gateway.connect()
        try client.send("GET /api/v1/x HTTP/1.1\r\nHost: a\r\n\(RunningGateway.admin)\r\n")
        let server = try upstream.accept()
        _ = try server.readMessage()
        try server.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        let before = residentBytes()
        let sent = fill(server, most: 1 << 30)
        #expect(sent < Self.kernelBytesMax)
        #expect(residentBytes() - before < 16 << 20)
        // It goes on as soon as the client does.
        #expect(try client.readHead().status == 200)
        var taken = client.received.count
        while taken < sent {
            guard case .bytes(let bytes) = try client.read() else { break }
            taken += bytes.count
        }
        #expect(taken >= sent)
    }

    @Test func `a client waits for an upstream that does not read`() throws {
        let client = try gateway.connect()
        try client.send(
            "PUT /api/v1/x HTTP/1.1\r\nHost: a\r\n\(RunningGateway.admin)")
        try client.send("Content-Length: 1000000000\r\n\r\n")
        let server = try upstream.accept()
        let before = residentBytes()
        let sent = fill(client, most: 1 << 30)
        #expect(sent < Self.kernelBytesMax)
        #expect(residentBytes() - before < 16 << 20)
        _ = try server.readHead()
        var taken = server.received.count
        while taken < sent {
            guard case .bytes(let bytes) = try server.read() else { break }
            taken += bytes.count
        }
        #expect(taken >= sent)
    }

    /// What this process has in memory.
    private func residentBytes() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var total = 0
        var resident = 0
        withUnsafeMutablePointer(to: &total) { total in
            withUnsafeMutablePointer(to: &resident) { resident in
                _ = withVaList([total, resident]) { vfscanf(file, "%ld %ld", $0) }
            }
        }
        return resident * sysconf(Int32(_SC_PAGESIZE))
    }
}
