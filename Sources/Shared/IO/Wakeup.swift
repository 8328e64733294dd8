internal import CLinux
internal import Glibc

/// Lets another thread interrupt a `Poller.wait`: an eventfd.
public struct Wakeup: ~Copyable, Sendable {
    public let raw: CInt

    public init() throws(SystemError) {
        raw = try Descriptor(adopting: eventfd(0, CLINUX_EVENTFD_FLAGS)).release()
    }

    deinit { close(raw) }

    public func signal() {
        var one: UInt64 = 1
        // The counter can only be full when a wake-up is already pending.
        _ = write(raw, &one, MemoryLayout<UInt64>.size)
    }

    /// Waits until it is signalled, or the time is over.
    public func wait(milliseconds: CInt) {
        var descriptor = pollfd(fd: raw, events: Int16(POLLIN), revents: 0)
        _ = poll(&descriptor, 1, milliseconds)
    }

    /// Consumes what was signalled, before looking at what it was about. Whether there was something.
    @discardableResult
    public func clear() -> Bool {
        var count: UInt64 = 0
        return read(raw, &count, MemoryLayout<UInt64>.size) > 0
    }
}
