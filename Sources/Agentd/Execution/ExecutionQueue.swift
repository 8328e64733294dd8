internal import GRPC
internal import IO

/// Lets so many executions run at a time. Those that wait come in the order of their priorities,
/// and of their arrival among equals.
final class ExecutionQueue: Sendable {
    private struct Ticket: Equatable {
        let priority: UInt32
        let number: UInt64

        func isBefore(_ other: Ticket) -> Bool {
            (other.priority, number) < (priority, other.number)
        }
    }

    private struct State {
        var running = 0
        var waiting: [Ticket] = []
        var arrived: UInt64 = 0

        func isNext(_ ticket: Ticket) -> Bool {
            !waiting.contains { $0 != ticket && $0.isBefore(ticket) }
        }
    }

    private let monitor = Monitor(State())
    private let runningMax: Int

    init(runningMax: Int) { self.runningMax = runningMax }

    /// How many wait.
    var waitingCount: Int { monitor.withLock(\.waiting.count) }

    /// Waits for a turn, which `leave` ends. False when the call was cancelled before.
    func enter(priority: UInt32, _ call: Call) -> Bool {
        let ticket = monitor.withLock { state -> Ticket in
            let ticket = Ticket(priority: priority, number: state.arrived)
            state.arrived &+= 1
            state.waiting.append(ticket)
            return ticket
        }
        call.whenCancelled { [monitor] in monitor.change { _ in } }
        let isAdmitted = monitor.wait { [runningMax] state -> Bool? in
            let isCancelled = call.isCancelled
            guard isCancelled || (state.running < runningMax && state.isNext(ticket)) else {
                return nil
            }
            state.waiting.removeAll { $0 == ticket }
            if !isCancelled { state.running &+= 1 }
            return !isCancelled
        }
        // Whoever is next now may have looked before.
        monitor.change { _ in }
        return isAdmitted
    }

    func leave() { monitor.change { $0.running &-= 1 } }
}
