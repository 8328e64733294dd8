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

    /// Lets every other thread go first, from now until the calling thread ends. Whether the
    /// system allows it or not makes no difference to what is computed.
    public static func giveWay() { _ = clinux_give_way() }

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
