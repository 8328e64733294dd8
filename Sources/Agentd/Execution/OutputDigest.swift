internal import Bytes
internal import COpenSSL

/// SHA-256 of what a command writes, as it comes.
struct OutputDigest {
    private(set) var count: UInt64 = 0
    private var context = SHA256_CTX()

    init() { copenssl_sha256_begin(&context) }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        count &+= UInt64(bytes.count)
        copenssl_sha256_add(&context, bytes.baseAddress, bytes.count)
    }

    /// Hexadecimal.
    var text: String {
        var context = context
        var digest = [UInt8](repeating: 0, count: 32)
        copenssl_sha256_end(&context, &digest)
        return String(decoding: Hex.encode(digest.span), as: UTF8.self)
    }
}
