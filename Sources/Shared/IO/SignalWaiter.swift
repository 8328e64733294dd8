internal import CLinux
internal import Glibc

/// The signals that the program acts on, taken one at a time by the thread that waits for them.
public struct SignalWaiter: Sendable {
    public enum Signal: CInt, CaseIterable, Sendable {
        case hangUp = 1
        case interrupt = 2
        case user1 = 10
        case terminate = 15
    }

    /// Blocks the signals for this thread and all that it starts: call it before any other thread
    /// runs. `SIGPIPE` is ignored for the process.
    public init() {
        signal(SIGPIPE, SIG_IGN)
        var set = Self.set()
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// The next signal; nil when `milliseconds` have passed without one.
    public func next(milliseconds: Int) -> Signal? {
        var set = Self.set()
        var timeout = timespec(
            tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
        return Signal(rawValue: sigtimedwait(&set, nil, &timeout))
    }

    private static func set() -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in Signal.allCases { sigaddset(&set, signal.rawValue) }
        return set
    }
}
