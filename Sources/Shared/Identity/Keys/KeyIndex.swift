internal import Bytes

/// All API keys of one configuration: immutable, looked up in a time that depends neither on how
/// many there are nor on where a presented key differs from a real one.
///
/// A lookup hashes what was presented once (SHA-256), finds the digest in an open-addressing table
/// and compares whole digests. It takes no lock and no reference and allocates nothing.
public final class KeyIndex: @unchecked Sendable {
    // Sendable: every stored property is a constant, and the memory behind the two pointers is
    // written in `init` only.

    /// The longest key that is looked at; a longer one is unknown without being hashed.
    public static let presentedBytesMax = 1024

    /// The longest id, role and tier name.
    public static let nameBytesMax = 128

    /// What a presented key turns out to be. All but `key` must look the same to the client.
    public enum Outcome: Equatable, Sendable {
        case key(KeyHandle)
        case unknown
        case disabled(KeyHandle)
        case expired(KeyHandle)
        case notYetValid(KeyHandle)
    }

    /// The number of keys.
    public let count: Int

    /// Ids of keys that the configuration holds in the clear, to warn about.
    public let plaintextIDs: [String]

    /// The ids in the order of their handles.
    public let ids: [String]

    private let records: UnsafeMutableBufferPointer<KeyRecord>
    private let slots: UnsafeMutableBufferPointer<UInt32>
    private let names: ByteArena

    /// - Throws: every fault of every definition, not only the first.
    public init(
        _ definitions: [KeyDefinition], tiers: RateLimitTiers
    ) throws(KeyFaults) {
        var builder = KeyIndexBuilder(tiers: tiers)
        for definition in definitions { builder.add(definition) }
        guard builder.faults.isEmpty else { throw KeyFaults(faults: builder.faults) }
        count = builder.records.count
        plaintextIDs = builder.plaintextIDs
        ids = definitions.map(\.id)
        names = ByteArena(builder.names)
        records = .allocate(capacity: builder.records.count)
        _ = records.initialize(from: builder.records)
        slots = .allocate(capacity: builder.slots.count)
        _ = slots.initialize(from: builder.slots)
    }

    deinit {
        records.deallocate()
        slots.deallocate()
    }

    /// What the presented bytes are, `nowSeconds` after 1970 by the wall clock.
    public func lookup(_ presented: Span<UInt8>, nowSeconds: Int64) -> Outcome {
        guard !presented.isEmpty, presented.count <= KeyIndex.presentedBytesMax else {
            return .unknown
        }
        guard let index = find(KeyDigest(hashing: presented)) else { return .unknown }
        let handle = KeyHandle(index: index)
        let record = records[index]
        guard record.isEnabled else { return .disabled(handle) }
        guard nowSeconds < record.expiresAtSeconds else { return .expired(handle) }
        guard nowSeconds >= record.notBeforeSeconds else { return .notYetValid(handle) }
        return .key(handle)
    }

    /// The id, as `x-authenticated-key-id` carries it.
    @_lifetime(borrow self)
    public func id(of key: KeyHandle) -> Span<UInt8> {
        let bytes = names.bytes(record(key).id)
        return _overrideLifetime(Span(_unsafeElements: bytes), borrowing: self)
    }

    @_lifetime(borrow self)
    public func role(of key: KeyHandle) -> Span<UInt8> {
        let bytes = names.bytes(record(key).role)
        return _overrideLifetime(Span(_unsafeElements: bytes), borrowing: self)
    }

    /// The tier whose limits hold for the key unless policy chooses another.
    public func tier(of key: KeyHandle) -> RateLimitTiers.Handle { record(key).tier }

    private func record(_ key: KeyHandle) -> KeyRecord {
        precondition(key.index < count, "a key handle of another index")
        return records[key.index]
    }

    // The table is at most half full, so an empty slot ends every search.
    private func find(_ digest: KeyDigest) -> Int? {
        let mask = slots.count &- 1
        var at = Int(truncatingIfNeeded: digest.hash) & mask
        while slots[at] != KeyIndexBuilder.emptySlot {
            let index = Int(slots[at])
            if records[index].digest.matches(digest) { return index }
            at = (at &+ 1) & mask
        }
        return nil
    }
}
