internal import IO
internal import Synchronization

/// Keeps sandboxes of one specification ready, so that nobody waits for one to be made.
public final class SandboxPool: Sendable {
    public let specification: SandboxSpecification
    private let stock: Stock
    private let thread: NativeThread

    /// Makes the first sandbox now, which shows whether there can be any, and the rest of `count`
    /// on a thread of its own.
    public init(
        launcher: SandboxLauncher, specification: SandboxSpecification,
        backend: IsolationBackend = .linuxNative, count: Int
    ) throws(SandboxError) {
        self.specification = specification
        let first = try launcher.create(specification, backend: backend)
        do throws(SystemError) {
            let stock = try Stock(
                launcher: launcher, specification: specification, backend: backend, count: count)
            stock.add(first)
            thread = try NativeThread(name: "sandbox-pool") { stock.keepFull() }
            self.stock = stock
        } catch {
            throw .system(error)
        }
    }

    deinit {
        stock.stop()
        thread.join()
    }

    /// A ready sandbox, or one that is made now when there is none.
    public func take() throws(SandboxError) -> Sandbox {
        if let ready = stock.take() { return ready }
        return try stock.make()
    }

    /// How many are ready.
    public var readyCount: Int { stock.readyCount }

    private final class Stock: Sendable {
        private let launcher: SandboxLauncher
        private let specification: SandboxSpecification
        private let backend: IsolationBackend
        private let count: Int
        private let wakeup: Wakeup
        private static let pauseMilliseconds: CInt = 30
        private let ready = Mutex<[Sandbox]>([])
        private let isStopped = Atomic<Bool>(false)

        init(
            launcher: SandboxLauncher, specification: SandboxSpecification,
            backend: IsolationBackend, count: Int
        ) throws(SystemError) {
            self.launcher = launcher
            self.specification = specification
            self.backend = backend
            self.count = count
            wakeup = try Wakeup()
        }

        func add(_ sandbox: Sandbox) { ready.withLock { $0.append(sandbox) } }

        var readyCount: Int { ready.withLock { $0.count } }

        func make() throws(SandboxError) -> Sandbox {
            try launcher.create(specification, backend: backend)
        }

        func take() -> Sandbox? {
            let taken = ready.withLock { $0.popLast() }
            wakeup.signal()
            return taken?.isAlive == true ? taken : nil
        }

        func stop() {
            isStopped.store(true, ordering: .releasing)
            wakeup.signal()
        }

        /// Sleeps until one is taken. Whoever has taken it goes first: while there are others, the
        /// next is made when nobody has taken one for a moment. What cannot be made now is tried
        /// again with the next.
        func keepFull() {
            while !isStopped.load(ordering: .acquiring) {
                guard readyCount < count else {
                    sleep(milliseconds: -1)
                    continue
                }
                if readyCount > 0, sleep(milliseconds: Self.pauseMilliseconds) { continue }
                guard let made = try? make() else {
                    sleep(milliseconds: -1)
                    continue
                }
                add(made)
            }
        }

        /// Whether one was taken meanwhile.
        @discardableResult
        private func sleep(milliseconds: CInt) -> Bool {
            wakeup.wait(milliseconds: milliseconds)
            return wakeup.clear()
        }
    }
}
