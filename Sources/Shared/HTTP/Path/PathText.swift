/// Percent-encoded UTF-8 in paths (RFC 3629).
enum PathText {
    /// Where the triplets of the scalar that starts at `index` end; nil when they are not UTF-8,
    /// or stand for a full-width `.`, `/` or `\`, which some readers fold to the plain one.
    static func scalarEnd(_ path: UnsafeRawBufferPointer, at index: Int) -> Int? {
        guard let lead = PercentEncoding.decode(path, at: index) else { return nil }
        let length: Int
        var scalar: UInt32
        let least: UInt32
        switch lead {
        case 0xC2...0xDF: (length, scalar, least) = (2, UInt32(lead & 0x1F), 0x80)
        case 0xE0...0xEF: (length, scalar, least) = (3, UInt32(lead & 0x0F), 0x800)
        case 0xF0...0xF4: (length, scalar, least) = (4, UInt32(lead & 0x07), 0x10000)
        default: return nil
        }
        for octet in 1..<length {
            guard let byte = PercentEncoding.decode(path, at: index &+ 3 &* octet),
                byte & 0xC0 == 0x80
            else { return nil }
            scalar = scalar &<< 6 | UInt32(byte & 0x3F)
        }
        guard scalar >= least, scalar <= 0x10FFFF, !(0xD800...0xDFFF).contains(scalar),
            scalar != 0xFF0E, scalar != 0xFF0F, scalar != 0xFF3C
        else { return nil }
        return index &+ 3 &* length
    }
}
