internal import COpenSSL

/// The hash functions that OPA's builtins name.
enum Digest {
    case md5, sha1, sha256, sha384, sha512

    var method: OpaquePointer? {
        switch self {
        case .md5: EVP_md5()
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        case .sha384: EVP_sha384()
        case .sha512: EVP_sha512()
        }
    }

    var byteCount: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: byteCount)
        EVP_Digest(bytes.baseAddress, bytes.count, &out, nil, method, nil)
        return out
    }

    func hash(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes { hash($0) } }

    /// HMAC (RFC 2104).
    func authenticate(_ message: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: byteCount)
        var length: UInt32 = 0
        // A nil key would mean "the key of the call before".
        let empty: [UInt8] = [0]
        empty.withUnsafeBytes { fallback in
            _ = HMAC(
                method, key.baseAddress ?? fallback.baseAddress, Int32(clamping: key.count),
                message.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    ?? fallback.baseAddress?.assumingMemoryBound(to: UInt8.self),
                message.count, &out, &length)
        }
        return out
    }

    func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        message.withUnsafeBytes { message in
            key.withUnsafeBytes { authenticate(message, key: $0) }
        }
    }

    /// Equality in a time that tells nothing about the contents.
    static func isEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        guard let a = left.baseAddress, let b = right.baseAddress else { return true }
        return CRYPTO_memcmp(a, b, left.count) == 0
    }

    static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.withUnsafeBytes { left in right.withUnsafeBytes { isEqual(left, $0) } }
    }
}
