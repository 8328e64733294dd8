internal import Bytes

/// A place in the chain: a line's number and its hash.
public struct AuditPosition: Sendable, Equatable {
    /// From 1; 0 before the first line.
    public let sequence: UInt64
    /// SHA-256, 32 bytes; zeros before the first line.
    public let hash: [UInt8]

    public static let start = AuditPosition(
        sequence: 0, hash: [UInt8](repeating: 0, count: hashBytes))

    static let hashBytes = 32

    init(sequence: UInt64, hash: [UInt8]) {
        self.sequence = sequence
        self.hash = hash
    }

    /// Lower-case hexadecimal.
    public var hashText: String { String(decoding: Hex.encode(hash.span), as: UTF8.self) }
}
