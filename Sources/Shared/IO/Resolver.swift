internal import Bytes
internal import Synchronization

/// Resolves names on a thread of its own, ahead of their use, and keeps what they lead to up to date
/// for as long as somebody holds the `Resolution`. Every address that it publishes has passed the
/// rule; who connects to exactly that address cannot be led elsewhere by a second answer.
public final class Resolver: Sendable {
    private let shared: Shared
    private let thread: NativeThread

    /// - Parameter changed: called on the resolver's thread when a name leads somewhere else, or
    ///   nowhere, with how many addresses of the answer the rule refused.
    public init(
        _ options: ResolverOptions = ResolverOptions(),
        changed: @escaping @Sendable (String, ResolvedAddresses, Int) -> Void = { _, _, _ in }
    ) throws(SystemError) {
        let shared = Shared(try Wakeup(), answered: try Wakeup())
        self.shared = shared
        thread = try NativeThread(name: "resolver") {
            ResolverLoop(shared, options, changed: changed).run()
        }
    }

    deinit {
        shared.stop()
        thread.join()
    }

    /// Where the host leads. A literal address is known at once; a name is asked for from now on,
    /// once for all who ask alike. What is neither, or what the rule refuses, has a failure and
    /// stays so.
    public func resolution(of host: String, port: UInt16, rule: AddressRule) -> Resolution {
        if let address = SocketAddress(literal: host, port: port) {
            let admitted = rule.admits(address)
            return Resolution(
                host: host, port: port,
                admitted ? ResolvedAddresses([address]) : ResolvedAddresses(.addressRefused))
        }
        guard let name = DomainName(host) else {
            return Resolution(host: host, port: port, ResolvedAddresses(.notFound))
        }
        guard rule.admits(name) else {
            return Resolution(host: host, port: port, ResolvedAddresses(.addressRefused))
        }
        return shared.resolution(of: name.text, port: port, rule: rule)
    }

    /// Waits until each has an answer, whatever it is, or the time is over. For the one thread that
    /// starts or reloads what uses them.
    public func wait(for resolutions: [Resolution], milliseconds: Int) {
        let end = Clock.monotonicNanoseconds &+ UInt64(max(0, milliseconds)) &* 1_000_000
        while resolutions.contains(where: { $0.addresses.failure == .pending }) {
            let now = Clock.monotonicNanoseconds
            guard now < end else { return }
            shared.answered.wait(milliseconds: CInt(clamping: (end - now) / 1_000_000 + 1))
            shared.answered.clear()
        }
    }

    private struct Names {
        /// As they were when they were added: whose they are.
        var known: [NameRecord] = []
        /// Those that the resolver's thread has not seen.
        var added: [NameRecord] = []
    }

    /// What the resolver's thread and its users both hold.
    final class Shared: Sendable {
        let wakeup: Wakeup
        /// Signalled after each round that answered something.
        let answered: Wakeup
        private let names = Mutex(Names())
        private let isStopped = Atomic<Bool>(false)

        init(_ wakeup: consuming Wakeup, answered: consuming Wakeup) {
            self.wakeup = wakeup
            self.answered = answered
        }

        /// The one that somebody holds already, or a new one.
        func resolution(of host: String, port: UInt16, rule: AddressRule) -> Resolution {
            let (resolution, isNew) = names.withLock { names in
                names.known.removeAll { $0.resolution == nil }
                let known = names.known.first { record in
                    record.host == host && record.port == port && record.rule == rule
                }
                if let resolution = known?.resolution { return (resolution, false) }
                let resolution = Resolution(host: host, port: port)
                let record = NameRecord(resolution, rule: rule)
                names.known.append(record)
                names.added.append(record)
                return (resolution, true)
            }
            if isNew { wakeup.signal() }
            return resolution
        }

        func takeAdded() -> [NameRecord] {
            wakeup.clear()
            return names.withLock { names in
                defer { names.added.removeAll() }
                return names.added
            }
        }

        func stop() {
            isStopped.store(true, ordering: .releasing)
            wakeup.signal()
        }

        var hasStopped: Bool { isStopped.load(ordering: .acquiring) }
    }
}
