internal import Synchronization
internal import Transport

/// How other threads tell a worker which of its calls have something to send, or take more.
final class Mailbox: Sendable {
    private struct State {
        var posted: [Call] = []
        var resumed: [Call] = []
    }

    private let state = Mutex(State())
    private let control: Worker.Control

    init(_ control: Worker.Control) { self.control = control }

    func post(_ call: Call) {
        state.withLock { $0.posted.append(call) }
        control.wake()
    }

    func resume(_ call: Call) {
        state.withLock { $0.resumed.append(call) }
        control.wake()
    }

    func take() -> (posted: [Call], resumed: [Call]) {
        state.withLock { state in
            defer { state = State() }
            return (state.posted, state.resumed)
        }
    }
}
