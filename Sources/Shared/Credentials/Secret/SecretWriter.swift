internal import Bytes
internal import COpenSSL

/// Writes the forms of a secret into memory of the caller's: nothing of it passes over the heap.
struct SecretWriter {
    private var line: LineBuilder

    init(_ memory: UnsafeMutableRawBufferPointer) {
        line = LineBuilder(memory.bindMemory(to: UInt8.self))
    }

    var count: Int { line.count }
    var isOverflowed: Bool { line.isOverflowed }

    mutating func byte(_ byte: UInt8) { line.append(byte) }

    mutating func text(_ text: StaticString) { line.append(text) }

    mutating func text(_ text: String) { line.append(text: text) }

    mutating func bytes(_ bytes: UnsafeRawBufferPointer) {
        line.append(bytes.bindMemory(to: UInt8.self))
    }

    /// Base64 with padding (RFC 4648 §4).
    mutating func base64(_ bytes: UnsafeRawBufferPointer) {
        let size = (bytes.count + 2) / 3 * 4
        // EVP_EncodeBlock ends what it writes with a NUL, which has to have room too.
        guard let place = line.claim(size + 1) else { return }
        EVP_EncodeBlock(
            place, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(bytes.count))
        line.rewind(to: line.count - 1)
    }

    /// Percent-encoded: all but letters, digits, `-`, `.`, `_` and `~` (RFC 3986 §2.3).
    mutating func percent(_ bytes: UnsafeRawBufferPointer) {
        for byte in bytes {
            if PercentForm.isUnreserved(byte) { line.append(byte) } else { escape(byte) }
        }
    }

    /// `%` and two digits.
    mutating func escape(_ byte: UInt8) {
        line.append(UInt8(ascii: "%"))
        line.append(PercentForm.digit(byte >> 4))
        line.append(PercentForm.digit(byte & 15))
    }
}
