internal import CLinux
internal import Glibc

/// Edge-triggered epoll: every descriptor is registered once, for everything, with a token that comes
/// back with its events.
public struct Poller: ~Copyable {
    /// What happened to a descriptor since it was last reported.
    public struct Event {
        public let token: UInt64
        private let flags: UInt32

        init(_ event: epoll_event) {
            token = event.data.u64
            flags = event.events
        }

        public var isReadable: Bool { flags & (CLINUX_IN | CLINUX_RDHUP | broken) != 0 }
        public var isWritable: Bool { flags & (CLINUX_OUT | broken) != 0 }
        /// The peer sent its end of stream: reading reaches it after what is buffered.
        public var peerFinished: Bool { flags & (CLINUX_RDHUP | broken) != 0 }
        /// Both directions are over: a reset, or a close after ours.
        public var isBroken: Bool { flags & broken != 0 }

        private var broken: UInt32 { CLINUX_HUP | CLINUX_ERR }
    }

    private let epoll: Descriptor
    private let events: UnsafeMutablePointer<epoll_event>
    private let capacity: Int

    /// - Parameter capacity: how many events one `wait` reports at most.
    public init(capacity: Int) throws(SystemError) {
        epoll = try Descriptor(adopting: epoll_create1(CLINUX_EPOLL_CLOEXEC))
        events = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    deinit { events.deallocate() }

    /// Registers for all edges: readable, writable, closed.
    public func add(_ descriptor: CInt, token: UInt64) throws(SystemError) {
        try control(descriptor, CLINUX_IN | CLINUX_OUT | CLINUX_RDHUP | CLINUX_ET, token)
    }

    /// Registers for as long as something is readable: listeners and wake-ups.
    public func addLevelTriggered(_ descriptor: CInt, token: UInt64) throws(SystemError) {
        try control(descriptor, CLINUX_IN, token)
    }

    /// Takes a descriptor out that stays open; closing one takes it out by itself.
    public func remove(_ descriptor: CInt) {
        epoll_ctl(epoll.raw, EPOLL_CTL_DEL, descriptor, nil)
    }

    /// Waits until something happens or `milliseconds` are over (-1: for ever); returns how many
    /// events `event(at:)` has.
    public func wait(milliseconds: CInt) -> Int {
        let count = clinux_wait(epoll.raw, events, CInt(capacity), milliseconds)
        return max(0, Int(count))
    }

    public func event(at index: Int) -> Event { Event(events[index]) }

    private func control(
        _ descriptor: CInt, _ flags: UInt32, _ token: UInt64
    ) throws(SystemError) {
        var event = epoll_event()
        event.events = flags
        event.data.u64 = token
        guard epoll_ctl(epoll.raw, EPOLL_CTL_ADD, descriptor, &event) == 0 else { throw .last }
    }
}
