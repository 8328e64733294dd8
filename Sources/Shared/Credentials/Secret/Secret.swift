internal import COpenSSL
internal import Glibc

/// Bytes that are used and never shown.
///
/// A class, because the control thread and every worker read the same one and the last of them is
/// to zero it. It cannot be printed, reflected, encoded, hashed or compared with `==`; its bytes are
/// only reached by a closure.
public final class Secret: @unchecked Sendable {
    // Sendable: written in `init` only.

    private let memory: SecretMemory
    public let count: Int

    /// The longest secret, in bytes.
    static let bytesMax = 64 << 10

    /// A copy of `bytes`. The caller wipes what it has.
    public init(copying bytes: UnsafeRawBufferPointer) throws(CredentialFault) {
        guard bytes.count <= Self.bytesMax else { throw .tooLong }
        memory = try SecretMemory(capacity: bytes.count)
        memory.bytes.copyMemory(from: bytes)
        count = bytes.count
    }

    /// The first `count` bytes that `fill` wrote to memory of `capacity` bytes.
    init(
        capacity: Int,
        fill: (UnsafeMutableRawBufferPointer) throws(CredentialFault) -> Int
    ) throws(CredentialFault) {
        memory = try SecretMemory(capacity: capacity)
        count = min(try fill(memory.bytes), memory.bytes.count)
    }

    /// Lends the bytes, which are not to be kept.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(memory.prefix(count))
    }

    /// The bytes, good for as long as the secret is.
    var bytes: UnsafeRawBufferPointer { memory.prefix(count) }

    /// The same, as a span that ends with the secret.
    var span: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            let span = Span(_unsafeElements: bytes.bindMemory(to: UInt8.self))
            return _overrideLifetime(span, borrowing: self)
        }
    }

    /// Whether both hold the same bytes, in a time that tells nothing about them but their number.
    public func isEqual(to other: Secret) -> Bool {
        guard count == other.count else { return false }
        return CRYPTO_memcmp(bytes.baseAddress, other.bytes.baseAddress, count) == 0
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "[secret]" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
