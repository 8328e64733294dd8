import Foundation
import IO
import Peers
import Synchronization
import Testing
import Transport

/// An upstream whose every answer breaks the rules costs the requests that go there, and no more.
struct H2HostileUpstreamTests {
    /// Answers each request with a head that HTTP/2 forbids, and content behind it.
    private final class BadServer: @unchecked Sendable {
        // Sendable: its own thread alone has the connections.
        private let upstream: ScriptedUpstream
        private let isOver = Atomic(false)
        private let ended = DispatchSemaphore(value: 0)
        private var connections: [Peer] = []

        init(_ upstream: ScriptedUpstream) { self.upstream = upstream }

        func start() { Thread.detachNewThread { self.serve() } }

        func end() {
            isOver.store(true, ordering: .relaxed)
            ended.wait()
        }

        private func serve() {
            while !isOver.load(ordering: .relaxed) {
                if let peer = try? upstream.acceptIfThere(milliseconds: 1) {
                    connections.append(peer)
                    try? peer.send([0, 0, 0, 4, 0, 0, 0, 0, 0])
                }
                connections.removeAll { !serve($0) }
            }
            ended.signal()
        }

        /// False when the connection has ended.
        private func serve(_ peer: Peer) -> Bool {
            switch try? peer.readIfThere(milliseconds: 1) {
            case .bytes(let bytes): peer.received += bytes
            case .end, .reset: return false
            case nil: return true
            }
            let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8
            if peer.received.starts(with: preface) { peer.received.removeFirst(preface.count) }
            while peer.received.count >= 9 {
                let size = Int(peer.received[1]) << 8 | Int(peer.received[2])
                guard peer.received.count >= 9 + size else { break }
                if peer.received[3] == 1 { answer(Array(peer.received[5..<9]), peer) }
                peer.received.removeFirst(9 + size)
            }
            return true
        }

        private func answer(_ stream: [UInt8], _ peer: Peer) {
            let head = [0x88] + FramePeer.literal("connection", "x")
            try? peer.send(
                [0, 0, UInt8(head.count), 1, 4] + stream + head
                    + [0, 0, 2, 0, 1] + stream + Array("no".utf8))
        }
    }

    @Test func `malformed heads to many requests at once are answered with 502`() throws {
        let upstream = try ScriptedUpstream()
        let server = BadServer(upstream)
        server.start()
        defer { server.end() }
        let address = SocketAddress(ipv4: 0x7F00_0001, port: upstream.port)
        var place = Upstream(name: "test", addresses: [address])
        place.version = .http2
        let relay = try Relay(to: place)
        for _ in 0..<20 {
            let clients = try (0..<16).map { _ in
                let client = try relay.connect()
                try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                return client
            }
            for client in clients { #expect(try client.readMessage().status == 502) }
        }
    }
}
