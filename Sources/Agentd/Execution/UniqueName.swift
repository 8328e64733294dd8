/// Names that nobody has had.
enum UniqueName {
    /// A random UUID (RFC 9562 §5.4).
    static func make() -> String {
        var system = SystemRandomNumberGenerator()
        let high = system.next() & ~0xF000 | 0x4000
        let low = system.next() & ~(3 << 62) | (1 << 63)
        func hex(_ value: UInt64, _ digits: Int) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
        }
        return [
            hex(high >> 32, 8), hex(high >> 16 & 0xFFFF, 4), hex(high & 0xFFFF, 4),
            hex(low >> 48, 4), hex(low & 0xFFFF_FFFF_FFFF, 12),
        ].joined(separator: "-")
    }
}
