@testable import HTTP
import Testing

/// What a peer makes us keep is given back when its connection is gone, or when it is quiet.
struct H2MemoryTests {
    private let space = H2Workspace()

    private func exchange(from sender: H2Connection, to receiver: H2Connection) {
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        let count = bytes.withUnsafeMutableBytes { sender.write(to: $0) }
        bytes[..<count].withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                rest = UnsafeRawBufferPointer(
                    rebasing: rest[receiver.receive(rest, now: 0)...])
                while let event = receiver.next() {
                    guard case .head(let stream, _, _, _) = event else { continue }
                    _ = receiver.bind(stream, user: 1)
                }
            }
        }
    }

    @Test func `streams that end with their connection leave nothing behind`() throws {
        let head = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        for _ in 0..<3 {
            let client = H2Connection(role: .client, limits: H2Limits(), space: space)
            let server = H2Connection(role: .server, limits: H2Limits(), space: space)
            for number in 0..<50 {
                let stream = head.withUnsafeBytes {
                    client.request($0, isSecure: false, ends: true, user: 1)
                }
                if number.isMultiple(of: 7) { client.unbind(try #require(stream)) }
            }
            exchange(from: client, to: server)
            #expect(server.boundCount > 40)
            // These are never written.
            for _ in 0..<5 {
                _ = head.withUnsafeBytes {
                    client.request($0, isSecure: false, ends: true, user: 1)
                }
            }
        }
        #expect(space.memory.usedCount == 0)
    }

    @Test func `many small frames do not stay in memory`() throws {
        let client = H2Connection(role: .client, limits: H2Limits(), space: space)
        let server = H2Connection(role: .server, limits: H2Limits(), space: space)
        let head = Array("POST / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        _ = head.withUnsafeBytes { client.request($0, isSecure: false, ends: false, user: 1) }
        exchange(from: client, to: server)
        let frame: [UInt8] = [0, 0, 1, 0, 0, 0, 0, 0, 1, 0]
        let burst = [[UInt8]](repeating: frame, count: 6_000).flatMap { $0 }
        var count = 0
        #expect(burst.withUnsafeBytes { server.receive($0, now: 0) } == burst.count)
        while server.next() != nil { count += 1 }
        #expect(count == 6_000)
        #expect(server.events.capacity < 1_100)
    }
}
