internal import Bytes

/// Memory that the HTTP/2 connections of a worker use for one batch of bytes at a time. Heads of
/// both directions hold credentials, so no core dump has it.
public final class H2Workspace {
    let memory = H2Memory()
    /// Heads of the current batch, as HTTP/1.1 would spell them.
    private let storageMemory = UndumpedMemory(byteCount: storageBytes)
    private var storage: UnsafeMutableRawBufferPointer { storageMemory.bytes }
    /// How much of `storage` is filled.
    var used = 0
    /// Where the fields of a head on its way out lie.
    let fields: UnsafeMutablePointer<H2OutgoingField>
    /// Of heads on their way out, by `H2FieldBlock.Kind`.
    let expectedNames = InlineArray<3, ExpectedNames> { _ in ExpectedNames() }

    /// Past this no further head is begun before those that are there were taken.
    static let pauseBytes = 512 << 10
    /// Room for what may come up to `pauseBytes`, and one more head.
    private static let storageBytes = pauseBytes + (512 << 10)
    /// How far behind what was reserved may be read.
    static let slackBytes = 16
    /// The most bytes of a head on its way out, as HTTP/1.1 spells it.
    static let outgoingBytes = 192 << 10
    static let fieldsMax = 1024

    public init() {
        fields = .allocate(capacity: Self.fieldsMax)
        fields.initialize(repeating: H2OutgoingField(), count: Self.fieldsMax)
    }

    deinit {
        fields.deallocate()
        for kind in expectedNames.indices { expectedNames[kind].deallocate() }
    }

    /// The text that events' ranges count from; good until the next `receive` of any connection.
    public var text: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: storage[..<used])
    }

    /// Room for `count` bytes behind what is there; nil when they do not fit.
    func reserve(_ count: Int) -> UnsafeMutableRawPointer? {
        guard count <= storage.count &- used &- Self.slackBytes, let base = storage.baseAddress
        else { return nil }
        let place = base + used
        used &+= count
        return place
    }

    /// Of what was reserved last, `count` bytes at its end were not used.
    func giveBack(_ count: Int) { used &-= count }

    /// False when it does not fit.
    func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let place = reserve(bytes.count) else { return false }
        if let source = bytes.baseAddress {
            place.copyShort(from: source, count: bytes.count)
        }
        return true
    }

    func append(_ text: StaticString) -> Bool {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Moves what lies from `place` on by `count` bytes, for what is inserted there.
    func open(_ count: Int, at place: Int) -> UnsafeMutableRawPointer? {
        guard place <= used, let base = storage.baseAddress, reserve(count) != nil else {
            return nil
        }
        (base + place + count).copyMemory(from: base + place, byteCount: used &- count &- place)
        return base + place
    }
}
