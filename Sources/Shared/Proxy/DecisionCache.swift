internal import Rego

/// Permits of one worker that hold again, for requests that the policy cannot tell apart.
///
/// A decision is kept when it lets the request through, when its `DecisionKey` holds all that the
/// policy can read of a request, and when the evaluation saw neither time nor chance nor anything
/// of the host. So a kept decision is what another evaluation would say. The owner forgets them all
/// when the snapshot changes.
///
/// Each key has one place, and has to come twice in a row there before it is kept: requests that
/// come once, however many, displace nothing that is used. Memory is bounded; when it is full, all
/// is forgotten.
struct DecisionCache: ~Copyable {
    private struct Entry {
        /// The hash of the last key that came without being found.
        var seen: UInt32 = 0
        var key = Value.undefined
        var verdict = PolicyVerdict.none
    }

    private static let placeCount = 512
    private static let bytesMax = 256 << 10

    private let entries: UnsafeMutablePointer<Entry>
    private let storage = ArenaStorage(chunkBytes: Self.bytesMax)

    init() {
        entries = .allocate(capacity: Self.placeCount)
        entries.initialize(repeating: Entry(), count: Self.placeCount)
    }

    deinit { entries.deallocate() }

    /// The decision for a key; valid until one is added.
    func find(_ key: Value) -> PolicyVerdict? {
        let entry = entries + place(of: key)
        return entry.pointee.key == key ? entry.pointee.verdict : nil
    }

    /// Keeps a permit that is likely to be asked for again.
    mutating func add(_ verdict: PolicyVerdict, for key: Value) {
        let entry = entries + place(of: key)
        guard entry.pointee.seen == key.hash else {
            entry.pointee.seen = key.hash
            return
        }
        // An entry of ordinary size then fits into what is left of the memory.
        if storage.arena.bytesUsed > Self.bytesMax / 4 * 3 { removeAll() }
        guard let kept = PolicyVerdict(copying: verdict, to: storage.arena),
            let name = storage.arena.copy(key), storage.arena.bytesUsed <= Self.bytesMax
        else { return }
        entry.pointee = Entry(key: name, verdict: kept)
    }

    /// Forgets everything.
    mutating func removeAll() {
        entries.update(repeating: Entry(), count: Self.placeCount)
        storage.reset(keeping: 0)
    }

    private func place(of key: Value) -> Int { Int(key.hash) & (Self.placeCount &- 1) }
}
