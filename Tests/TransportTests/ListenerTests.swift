import Foundation
import HTTP
import IO
import Peers
import Synchronization
import Testing
import Transport

/// Listeners that come and go while their worker serves, and upstreams at Unix sockets.
struct ListenerTests {
    /// Does on the worker's thread what another thread asks for.
    private final class Doorkeeper: RequestHandler {
        typealias Order = @Sendable (Worker) throws -> Void

        final class Orders: Sendable {
            let waiting = Mutex<[Order]>([])
            let done = Arrivals<Bool>()
        }

        // The worker owns its handlers.
        private unowned let worker: Worker
        private let orders: Orders
        private let none = FieldFilter()

        init(_ worker: Worker, _ orders: Orders) {
            self.worker = worker
            self.orders = orders
        }

        func decide(
            _ head: borrowing RequestHead, _ request: IncomingRequest, _ reply: Reply
        ) -> Decision {
            reply.status = 204
            return .answer
        }

        func respond(
            with head: borrowing ResponseHead, _ bytes: UnsafeRawBufferPointer,
            to exchange: UInt32, _ reply: Reply
        ) -> FieldFilter { none }

        func refuse(_ fault: TransportFault, _ request: IncomingRequest, _ reply: Reply) {
            reply.status = fault.status
        }

        func record(_ exchange: UInt32, _ outcome: ExchangeOutcome) {}

        func woken() {
            for order in orders.waiting.withLock({ waiting in
                defer { waiting = [] }
                return waiting
            }) {
                do {
                    try order(worker)
                    orders.done.append(true)
                } catch {
                    orders.done.append(false)
                }
            }
        }
    }

    /// A worker with one listener that stays.
    private final class House {
        let control: Worker.Control
        let orders = Doorkeeper.Orders()
        let numbers = Arrivals<Int>()
        private let server: Server

        init() throws {
            let worker = try Worker()
            control = worker.control
            try worker.addListener(
                Socket.listen(on: SocketAddress(ipv4: 0x7F00_0001, port: 0)),
                options: ListenerOptions(), handler: Doorkeeper(worker, orders))
            server = try Server(running: [worker])
        }

        deinit {
            server.stop()
            server.join()
        }

        func order(_ order: @escaping Doorkeeper.Order) -> Bool? {
            orders.waiting.withLock { $0.append(order) }
            control.wake()
            return orders.done.next()
        }

        /// Another listener whose requests go to `port`.
        func open(to port: UInt16, _ outcomes: Arrivals<ExchangeOutcome>) throws -> UInt16 {
            let listener = try Socket.listen(on: SocketAddress(ipv4: 0x7F00_0001, port: 0))
            let raw = listener.release()
            let numbers = numbers
            let isOpen = order { worker in
                let upstream = worker.addUpstream(
                    Upstream(
                        name: "test", addresses: [SocketAddress(ipv4: 0x7F00_0001, port: port)]))
                numbers.append(
                    try worker.addListener(
                        Descriptor(adopting: raw), options: ListenerOptions(),
                        handler: ForwardEverything(to: upstream, .init(), outcomes)))
            }
            #expect(isOpen == true)
            return Socket.localAddress(raw)?.port ?? 0
        }
    }

    @Test func `a listener that is removed takes its connections with it`() throws {
        let house = try House()
        let upstream = try ScriptedUpstream()
        let outcomes = Arrivals<ExchangeOutcome>()
        let port = try house.open(to: upstream.port, outcomes)
        let number = try #require(house.numbers.next())
        let idle = try Peer(port: port)
        let busy = try Peer(port: port)
        try busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        let server = try upstream.accept()
        _ = try server.readHead()
        let http2 = try H2Client(port: port)
        _ = try http2.request("GET /h2 HTTP/1.1\r\nHost: x\r\n\r\n")
        try http2.pumpOnce()
        let other = try upstream.accept()
        _ = try other.readHead()
        #expect(house.order { $0.removeListener(number) } == true)
        #expect(try idle.isAtEnd())
        #expect(try busy.isAtEnd())
        #expect(try server.isAtEnd())
        #expect(try other.isAtEnd())
        for _ in 0..<2 { #expect(outcomes.next()?.fault == .clientClosed) }
        #expect(throws: (any Error).self) { try Peer(port: port) }
        // Its number is another's now.
        let next = try house.open(to: upstream.port, outcomes)
        #expect(house.numbers.next() == number)
        let client = try Peer(port: next)
        try client.send("GET /again HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try upstream.accept().readMessage().startLine == "GET /again HTTP/1.1")
    }

    @Test func `an upstream is reached at its Unix socket`() throws {
        let path = NSTemporaryDirectory() + "sluice-\(UUID().uuidString.prefix(8)).sock"
        let upstream = try ScriptedUpstream(path: path)
        defer { Socket.remove(path: path) }
        let relay = try Relay(to: Upstream(name: "test", unixPath: path))
        let client = try relay.connect()
        try client.send("GET /x HTTP/1.0\r\n\r\n")
        let server = try upstream.accept()
        let request = try server.readMessage()
        #expect(request.startLine == "GET /x HTTP/1.1")
        #expect(request["host"] == "localhost")
        try server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        #expect(try client.readMessage().text == "ok")
        let missing = try Relay(to: Upstream(name: "test", unixPath: path + ".missing"))
        let refused = try missing.connect()
        try refused.send("GET /x HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try refused.readMessage().status == 502)
    }
}
