internal import Glibc

/// Searching in the bytes of strings.
enum ByteSearch {
    /// The offset of the first occurrence at or after `start`, or nil. An empty needle is found
    /// at once.
    static func first(
        of needle: UnsafeRawBufferPointer, in text: UnsafeRawBufferPointer, from start: Int = 0
    ) -> Int? {
        guard start <= text.count else { return nil }
        guard let wanted = needle.baseAddress, needle.count > 0 else { return start }
        guard let base = text.baseAddress else { return nil }
        var candidate = start
        var wasted = 0
        while candidate + needle.count <= text.count {
            let room = text.count - needle.count - candidate + 1
            guard let hit = memchr(base + candidate, Int32(needle[0]), room) else { return nil }
            candidate = UnsafeRawPointer(hit) - base
            if memcmp(base + candidate, wanted, needle.count) == 0 { return candidate }
            candidate += 1
            wasted += 1
            // Texts made of near misses would cost the product of both lengths.
            if wasted > 64 + (candidate - start) / 8 {
                return rolling(needle, text, from: candidate)
            }
        }
        return nil
    }

    /// Rabin and Karp's search: linear, with a compare only where the hashes agree.
    private static func rolling(
        _ needle: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer, from start: Int
    ) -> Int? {
        let count = needle.count
        guard start + count <= text.count else { return nil }
        var power: UInt64 = 1
        var wanted: UInt64 = 0
        var hash: UInt64 = 0
        for offset in 0..<count {
            wanted = wanted &* base &+ UInt64(needle[offset])
            hash = hash &* base &+ UInt64(text[start + offset])
            power = power &* base
        }
        var at = start
        while true {
            if hash == wanted, hasPrefix(text.part(at..<text.count), needle) { return at }
            guard at + count < text.count else { return nil }
            hash = hash &* base &+ UInt64(text[at + count]) &- power &* UInt64(text[at])
            at += 1
        }
    }

    /// Odd and secret, so that nobody can prepare collisions.
    private static let base = UInt64.random(in: 1 << 32...UInt64.max) | 1

    static func hasPrefix(
        _ text: UnsafeRawBufferPointer, _ prefix: UnsafeRawBufferPointer
    ) -> Bool {
        guard prefix.count <= text.count else { return false }
        guard let a = text.baseAddress, let b = prefix.baseAddress else { return prefix.isEmpty }
        return memcmp(a, b, prefix.count) == 0
    }

    static func hasSuffix(
        _ text: UnsafeRawBufferPointer, _ suffix: UnsafeRawBufferPointer
    ) -> Bool {
        guard suffix.count <= text.count else { return false }
        guard let a = text.baseAddress, let b = suffix.baseAddress else { return suffix.isEmpty }
        return memcmp(a + (text.count - suffix.count), b, suffix.count) == 0
    }

    static func isASCII(_ text: UnsafeRawBufferPointer) -> Bool {
        for byte in text where byte >= 0x80 { return false }
        return true
    }
}

extension UnsafeRawBufferPointer {
    /// A part of the bytes.
    func part(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[range])
    }
}

extension [UInt8] {
    /// `withUnsafeBytes` with a typed throw.
    func withRawBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeBufferPointer { buffer throws(Failure) in
            try body(UnsafeRawBufferPointer(buffer))
        }
    }
}
