internal import Bytes
internal import CNghttp2

/// Memory that the HTTP/2 connections of a worker use for one batch of bytes at a time. Heads of
/// both directions hold credentials, so no core dump has it.
public final class H2Workspace {
    let memory = H2Memory()
    /// Heads of the current batch, as HTTP/1.1 would spell them.
    private let storageMemory = UndumpedMemory(byteCount: storageBytes)
    private var storage: UnsafeMutableRawBufferPointer { storageMemory.bytes }
    /// How much of `storage` is filled.
    var used = 0
    /// A head on its way out: its names in lower case, and where each field lies.
    private let outgoingMemory = UndumpedMemory(byteCount: outgoingBytes)
    var outgoing: UnsafeMutableRawBufferPointer { outgoingMemory.bytes }
    let fields: UnsafeMutablePointer<nghttp2_nv>

    /// Past this no further head is begun before those that are there were taken.
    static let pauseBytes = 512 << 10
    /// Room for what may come up to `pauseBytes`, and one more head.
    private static let storageBytes = pauseBytes + (512 << 10)
    static let outgoingBytes = 256 << 10
    static let fieldsMax = 1024

    public init() {
        fields = .allocate(capacity: Self.fieldsMax)
        fields.initialize(repeating: nghttp2_nv(), count: Self.fieldsMax)
    }

    deinit { fields.deallocate() }

    /// The text that events' ranges count from; good until the next `receive` of any connection.
    public var text: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: storage[..<used])
    }

    /// False when it does not fit.
    func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= storage.count &- used else { return false }
        if let source = bytes.baseAddress, let base = storage.baseAddress {
            (base + used).copyMemory(from: source, byteCount: bytes.count)
        }
        used &+= bytes.count
        return true
    }

    func append(_ text: StaticString) -> Bool {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Moves what lies from `place` on by `count` bytes, for what is inserted there.
    func open(_ count: Int, at place: Int) -> UnsafeMutableRawPointer? {
        guard count <= storage.count &- used, place <= used, let base = storage.baseAddress else {
            return nil
        }
        (base + place + count).copyMemory(from: base + place, byteCount: used &- place)
        used &+= count
        return base + place
    }
}
