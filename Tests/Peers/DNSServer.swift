internal import Glibc
public import IO
internal import Synchronization

/// A DNS server on a port of the kernel's choice, over UDP and TCP, that says what the test tells it.
public final class DNSServer: Sendable {
    public enum Answer: Sendable {
        /// Literals of both kinds; none: NODATA.
        case addresses([String])
        case notFound
        case serverFailure
        case silent
        /// A CNAME and the addresses of what it names.
        case alias(String, [String])
        /// a is b, and b is a.
        case aliasLoop
    }

    private let loop: Loop
    private let thread: NativeThread

    /// - Parameter timeToLive: of every record, in seconds.
    public init(_ first: Answer, timeToLive: UInt32 = 0) throws {
        let loop = try Loop(first, timeToLive: timeToLive)
        self.loop = loop
        thread = try NativeThread(name: "dns") { loop.run() }
    }

    deinit {
        loop.stop()
        thread.join()
    }

    /// To ask it at.
    public var address: SocketAddress { loop.address }

    /// The names that it was asked for.
    public var asked: Arrivals<String> { loop.asked }

    /// What it says from now on.
    public func say(_ next: Answer) { loop.answer.withLock { $0 = next } }

    /// What its thread and the test both hold.
    private final class Loop: Sendable {
        let address: SocketAddress
        let asked = Arrivals<String>()
        let answer: Mutex<Answer>
        private let timeToLive: UInt32
        private let datagrams: CInt
        private let listener: CInt
        private let end: Wakeup
        private let isEnding = Atomic<Bool>(false)

        /// What does not fit in a datagram is asked for over TCP (RFC 1035 §4.2.1).
        private static let datagramBytesMax = 512

        init(_ first: Answer, timeToLive: UInt32) throws {
            answer = Mutex(first)
            self.timeToLive = timeToLive
            let listener = try Socket.listen(on: SocketAddress(ipv4: 0x7F00_0001, port: 0)).release()
            self.listener = listener
            guard let address = Socket.localAddress(listener) else { throw Peer.Failure.broken }
            self.address = address
            datagrams = socket(AF_INET, CInt(SOCK_DGRAM.rawValue), 0)
            end = try Wakeup()
            var local = sockaddr_in()
            local.sin_family = sa_family_t(AF_INET)
            local.sin_port = address.port.bigEndian
            local.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let result = withUnsafePointer(to: &local) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(datagrams, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard result == 0 else { throw SystemError.last }
        }

        deinit {
            Socket.close(listener)
            Socket.close(datagrams)
        }

        func stop() {
            isEnding.store(true, ordering: .releasing)
            end.signal()
        }

        func run() {
            while !isEnding.load(ordering: .acquiring) {
                var waiting = [datagrams, listener, end.raw].map {
                    pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
                }
                _ = poll(&waiting, 3, -1)
                if waiting[0].revents != 0 { answerDatagram() }
                if waiting[1].revents != 0 { answerStream() }
            }
        }

        private func answerDatagram() {
            var bytes = [UInt8](repeating: 0, count: 4096)
            var peer = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            withUnsafeMutablePointer(to: &peer) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { peer in
                    let count = recvfrom(datagrams, &bytes, bytes.count, 0, peer, &length)
                    guard count > 0, let query = DNSMessage(Array(bytes[..<count])),
                        var reply = reply(to: query)
                    else { return }
                    if reply.count > Self.datagramBytesMax { reply = query.truncated() }
                    sendto(datagrams, reply, reply.count, 0, peer, length)
                }
            }
        }

        private func answerStream() {
            do {
                guard let (socket, _) = try Socket.accept(listener) else { return }
                let peer = Peer(adopting: socket)
                try peer.fill { $0.count > 2 && $0.count >= 2 + Int($0[0]) << 8 + Int($0[1]) }
                guard let query = DNSMessage(Array(peer.received.dropFirst(2))),
                    let reply = reply(to: query)
                else { return }
                try peer.send([UInt8(reply.count >> 8), UInt8(reply.count & 0xFF)] + reply)
            } catch {
                asked.append("broken: \(error)")
            }
        }

        private func reply(to query: DNSMessage) -> [UInt8]? {
            asked.append(query.name)
            return query.answer(answer.withLock { $0 }, timeToLive: timeToLive)
        }
    }
}
