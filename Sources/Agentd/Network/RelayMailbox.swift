internal import IO
internal import Synchronization
internal import Transport

/// How other threads have a worker open and close relays of sandboxes.
final class RelayMailbox: Sendable {
    enum Order: Sendable {
        case open(RelayPlan)
        case close(String)
    }

    private let control: Worker.Control
    private let orders = Mutex<[Order]>([])

    init(_ control: Worker.Control) { self.control = control }

    /// Sockets of orders that nobody takes any more.
    deinit {
        for order in orders.withLock({ $0 }) {
            guard case .open(let plan) = order else { continue }
            for door in plan.doors { Socket.close(door.socket) }
        }
    }

    func post(_ order: Order) {
        orders.withLock { $0.append(order) }
        control.wake()
    }

    /// All that have come since the last time, in their order.
    func take() -> [Order] {
        orders.withLock { orders in
            defer { orders = [] }
            return orders
        }
    }
}
