/// Frames of HTTP/2 as bytes (RFC 9113 §4.1).
enum H2Frames {
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    static let settings: [UInt8] = make(4, 0, 0, [])
    private static let headerBytes = 9
    private static let payloadMax = 16_384

    private static func make(
        _ kind: UInt8, _ flags: UInt8, _ stream: UInt32, _ payload: [UInt8]
    ) -> [UInt8] {
        let count = UInt32(payload.count)
        return [
            UInt8(truncatingIfNeeded: count >> 16), UInt8(truncatingIfNeeded: count >> 8),
            UInt8(truncatingIfNeeded: count), kind, flags,
        ] + bytes(stream) + payload
    }

    /// SETTINGS with one setting.
    static func setting(_ id: UInt8, _ value: UInt32) -> [UInt8] {
        make(4, 0, 0, [0, id] + bytes(value))
    }

    private static func bytes(_ word: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
    }

    /// The frames that the bytes are; throws unless they are nothing but whole frames, of a size
    /// that every peer takes, with sections in one piece (RFC 9113 §4.2, §4.3).
    static func split(_ bytes: [UInt8]) throws(Finding) -> [ArraySlice<UInt8>] {
        var frames: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        var isInSection = false
        while !rest.isEmpty {
            let start = rest.startIndex
            try Finding.unless(rest.count >= headerBytes, "half a frame's header is written")
            let count =
                Int(rest[start]) << 16 | Int(rest[start + 1]) << 8 | Int(rest[start + 2])
            try Finding.unless(count <= payloadMax, "a frame of \(count) bytes is written")
            try Finding.unless(rest.count >= headerBytes + count, "half a frame is written")
            let (kind, flags) = (rest[start + 3], rest[start + 4])
            try Finding.unless(isInSection == (kind == 9), "kind \(kind) in or out of a section")
            if kind == 1 || kind == 9 { isInSection = flags & 4 == 0 }
            frames.append(rest.prefix(headerBytes + count))
            rest = rest.dropFirst(headerBytes + count)
        }
        try Finding.unless(!isInSection, "a section without an end is written")
        return frames
    }
}
