internal import COpenSSL

/// A secret that signs sandbox tokens: HMAC-SHA256 (RFC 2104), made for use on a request's way
/// without touching the heap. The secret cannot be printed, and is wiped when it is let go.
public final class SandboxTokenKey: @unchecked Sendable {
    // Sendable: the memory is written in `init` only.

    /// The shortest secret in bytes: that of the hash (RFC 2104 section 3).
    public static let bytesMin = 32

    private static let blockBytes = 64

    /// The secret as one block of the hash.
    private let block: UnsafeMutableRawBufferPointer

    /// Nil when the secret is shorter than `bytesMin`.
    public init?(_ secret: Span<UInt8>) {
        guard secret.count >= Self.bytesMin else { return nil }
        block = .allocate(byteCount: Self.blockBytes, alignment: 16)
        block.initializeMemory(as: UInt8.self, repeating: 0)
        secret.withUnsafeBytes { secret in
            if secret.count <= Self.blockBytes {
                block.copyMemory(from: secret)
            } else {
                copenssl_sha256(
                    secret.baseAddress, secret.count,
                    block.assumingMemoryBound(to: UInt8.self).baseAddress)
            }
        }
    }

    deinit {
        OPENSSL_cleanse(block.baseAddress, block.count)
        block.deallocate()
    }

    /// Whether `code` is the text's, in a time that does not depend on where it differs.
    func signs(_ text: UnsafeRawBufferPointer, _ code: UnsafeRawBufferPointer) -> Bool {
        guard code.count == Self.codeBytes else { return false }
        return withCode(of: text) { CRYPTO_memcmp($0.baseAddress, code.baseAddress, $0.count) == 0 }
    }

    static let codeBytes = 32
    /// The longest text that is signed.
    static let textBytesMax = 256

    /// Calls `body` with the text's code; with nothing when the text is too long.
    func withCode<Result>(
        of text: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        guard text.count <= Self.textBytesMax else {
            return body(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        let room = Self.blockBytes + Self.textBytesMax
        return withUnsafeTemporaryAllocation(byteCount: room + Self.codeBytes, alignment: 16) {
            memory in
            defer { OPENSSL_cleanse(memory.baseAddress, memory.count) }
            let code = UnsafeMutableRawBufferPointer(rebasing: memory[room...])
            hash(padding: 0x36, UnsafeRawBufferPointer(text), memory, to: code)
            hash(padding: 0x5C, UnsafeRawBufferPointer(code), memory, to: code)
            return body(UnsafeRawBufferPointer(code))
        }
    }

    /// The hash of the padded secret and the text behind it.
    private func hash(
        padding: UInt8, _ text: UnsafeRawBufferPointer, _ memory: UnsafeMutableRawBufferPointer,
        to code: UnsafeMutableRawBufferPointer
    ) {
        for index in 0..<Self.blockBytes { memory[index] = block[index] ^ padding }
        UnsafeMutableRawBufferPointer(rebasing: memory[Self.blockBytes...]).copyMemory(from: text)
        copenssl_sha256(
            memory.baseAddress, Self.blockBytes &+ text.count,
            code.assumingMemoryBound(to: UInt8.self).baseAddress)
    }
}
