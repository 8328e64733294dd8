internal import IO
internal import Proxy
internal import Synchronization

/// Sees that sandboxes change their states when it is time, whether anybody asks for them or not.
final class SandboxTimer: Sendable {
    private final class Clockwork: Sendable {
        let wakeup: Wakeup
        let isStopped = Atomic<Bool>(false)

        init() throws(SystemError) { wakeup = try Wakeup() }
    }

    private let clockwork: Clockwork
    private let thread: NativeThread

    /// What runs is looked at as often as that.
    private static let periodMilliseconds: UInt64 = 1000

    /// - Parameter advance: does what is due, and says when something will be; nil when nothing.
    init(_ advance: @escaping @Sendable (_ now: UInt64) -> UInt64?) throws(RoleError) {
        do throws(SystemError) {
            let clockwork = try Clockwork()
            self.clockwork = clockwork
            thread = try NativeThread(name: "sandboxes") {
                while !clockwork.isStopped.load(ordering: .acquiring) {
                    let now = Clock.wallNanoseconds
                    let next = advance(now) ?? .max
                    let wait = next > now ? (next &- now) / 1_000_000 &+ 1 : 10
                    clockwork.wakeup.wait(
                        milliseconds: CInt(min(max(wait, 10), Self.periodMilliseconds)))
                    clockwork.wakeup.clear()
                }
            }
        } catch {
            throw RoleError("agentd.sandboxes: \(error.description)")
        }
    }

    /// Returns when nothing is changed any more. To be called once.
    func stop() {
        clockwork.isStopped.store(true, ordering: .releasing)
        clockwork.wakeup.signal()
        thread.join()
    }
}
