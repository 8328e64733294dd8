import Glibc
import Rego
import Synchronization
import Testing

@testable import Policy

/// Threads decide while the policy is exchanged under them, as workers do. `scripts/tsan.sh` runs
/// this with ThreadSanitizer.
@Suite struct SnapshotSwapTests {
    private static let threads = 4
    private static let swaps = 1_000

    @Test func `threads that decide while the policy is exchanged see whole policies`() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "p.rego",
            """
            package swap
            answer := [data.first, data.second, f(data.first), count(data.list)]
            f(x) := y if { some y in data.list; y == x } else := -1
            """)
        try Self.write(1, to: folder)
        let store = try PolicyStore(path: folder.path, entrypoint: "swap/answer")
        let readers = (0..<Self.threads).map { _ in Reader(store) }
        let handles = readers.map { $0.start() }
        for number in 2...Self.swaps {
            try Self.write(number, to: folder)
            guard case .activated = store.reload() else {
                Issue.record("rejected")
                break
            }
        }
        for reader in readers { reader.isDone.store(true, ordering: .releasing) }
        for handle in handles.compactMap(\.self) { pthread_join(handle, nil) }
        #expect(store.generation == UInt64(Self.swaps))
        for reader in readers {
            #expect(reader.decisions.load(ordering: .acquiring) > 0)
            #expect(reader.faults.load(ordering: .acquiring) == 0)
            #expect(reader.last.load(ordering: .acquiring) == Self.swaps)
        }
    }

    /// Data in which four things say the number: what is torn does not agree with itself.
    private static func write(_ number: Int, to folder: TemporaryFolder) throws {
        let list = (0...number % 50).map { String(number - $0) }.joined(separator: ",")
        try folder.write(
            "data.json", #"{"first":\#(number),"second":\#(number),"list":[\#(list)]}"#)
    }

    /// One thread that holds a snapshot until the store has another.
    private final class Reader: Sendable {
        let isDone = Atomic<Bool>(false)
        let decisions = Atomic<Int>(0)
        let faults = Atomic<Int>(0)
        let last = Atomic<Int>(0)
        private let store: PolicyStore

        init(_ store: PolicyStore) { self.store = store }

        func start() -> pthread_t? {
            var handle = pthread_t()
            let context = Unmanaged.passRetained(self)
            let failure = pthread_create(
                &handle, nil,
                { context in
                    guard let context else { return nil }
                    Unmanaged<Reader>.fromOpaque(context).takeRetainedValue().run()
                    return nil
                }, context.toOpaque())
            guard failure != 0 else { return handle }
            context.release()
            return nil
        }

        private func run() {
            var held = store.current
            let evaluator = Evaluator(held.rego)
            var isLast = false
            while !isLast {
                isLast = isDone.load(ordering: .acquiring)
                if store.generation != held.generation {
                    held = store.current
                    evaluator.snapshot = held.rego
                }
                check(evaluator, held)
            }
        }

        private func check(_ evaluator: Evaluator, _ held: PolicySnapshot) {
            evaluator.begin()
            let answer = try? evaluator.evaluate(
                held.entryPoint, input: .undefined, nowNanoseconds: 1)
            let parts = (answer ?? .undefined).array
            let number = parts[0].int64 ?? -1
            let isWhole =
                parts.count == 4 && parts[1].int64 == number && parts[2].int64 == number
                && parts[3].int64 == number % 50 + 1 && Int(number) >= last.load(ordering: .relaxed)
            if !isWhole { faults.add(1, ordering: .relaxed) }
            last.store(Int(number), ordering: .releasing)
            decisions.add(1, ordering: .relaxed)
        }
    }
}
