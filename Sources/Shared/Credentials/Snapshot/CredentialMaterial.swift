internal import Bytes

/// A credential made ready: the bytes that requests carry, prepared once by the control thread.
final class CredentialMaterial: @unchecked Sendable {
    // Sendable: written in `init` only.

    /// How requests carry it.
    enum Placement: Sendable {
        case fields
        case query
        case signature(SigningKeys)
    }

    let placement: Placement
    /// What must not come back in an answer.
    let needles: NeedleSet
    /// Monotonic nanoseconds from which on it is not used.
    let expires: UInt64
    private let memory: SecretMemory
    private let textCount: Int

    /// - Parameters:
    ///   - capacity: bytes of memory for what `write` writes.
    ///   - write: the field lines, each with CRLF, or the encoded `name=value` of a query.
    init(
        _ placement: Placement, needles: NeedleSet, expires: UInt64, capacity: Int,
        write: (inout SecretWriter) -> Void
    ) throws(CredentialFault) {
        self.placement = placement
        self.needles = needles
        self.expires = expires
        memory = try SecretMemory(capacity: capacity)
        var writer = SecretWriter(memory.bytes)
        write(&writer)
        guard !writer.isOverflowed else { throw .tooLong }
        textCount = writer.count
    }

    /// What was written, good for as long as this is.
    var text: UnsafeRawBufferPointer { memory.prefix(textCount) }
}
