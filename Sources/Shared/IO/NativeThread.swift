internal import CLinux
internal import Glibc

/// A thread of the operating system: a worker blocks in epoll and must not hold a thread of the
/// concurrency runtime.
public struct NativeThread: Sendable {
    private let handle: pthread_t

    /// - Parameter name: at most 15 bytes, shown by `ps -L` and `top -H`.
    public init(name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var handle = pthread_t()
        let code = pthread_create(&handle, nil, { argument in
            guard let argument else { return nil }
            let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
            clinux_name_thread(start.name)
            start.body()
            return nil
        }, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw SystemError(code)
        }
        self.handle = handle
    }

    /// Runs `body` on a thread of the lowest priority, and waits for it. On this one if there can
    /// be no other.
    public static func runGivingWay(name: String, _ body: @escaping @Sendable () -> Void) {
        do throws(SystemError) {
            try NativeThread(name: name) {
                // Refused or not, what is computed is the same.
                _ = clinux_give_way()
                body()
            }.join()
        } catch {
            body()
        }
    }

    /// From now on the calling thread takes over as soon as it is woken. Linux (6.12 and later) lets
    /// whoever runs finish its turn first, at whatever priority, and looks at that only with the
    /// clock's tick, up to 4 ms later, unless the turns of the thread that wakes are shorter.
    public static func takeOverWhenWoken() { _ = clinux_take_short_turns(200_000) }

    /// Waits until the thread has ended. To be called once at most.
    public func join() { pthread_join(handle, nil) }

    /// Nobody waits for it. To be called in place of `join`.
    public func detach() { pthread_detach(handle) }

    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
