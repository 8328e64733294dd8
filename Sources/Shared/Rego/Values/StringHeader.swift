internal import Glibc

/// What a string value points at. The bytes may follow the header, sit elsewhere in the arena,
/// be part of another string, or belong to the caller for the length of the evaluation.
struct StringHeader: BitwiseCopyable {
    let bytes: UnsafePointer<UInt8>
    let length: UInt32
    /// Zero until somebody asks. Always computed before a string is shared between threads.
    var hash: UInt32

    static let lengthMax = Int(UInt32.max)
}

extension Value {
    @inline(__always) var stringHeader: UnsafeMutablePointer<StringHeader> {
        UnsafeMutableRawPointer(mutating: pointer).assumingMemoryBound(to: StringHeader.self)
    }

    /// The UTF-8 bytes of a string; empty for anything that is not a string.
    public var stringBytes: UnsafeRawBufferPointer {
        guard isString else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let header = stringHeader.pointee
        return UnsafeRawBufferPointer(start: header.bytes, count: Int(header.length))
    }

    /// A copy as a Swift string, for error texts and tests; nil when it is no string.
    public var string: String? {
        isString ? String(decoding: stringBytes, as: UTF8.self) : nil
    }

    /// Whether this is a string with exactly these bytes.
    public func isString(_ text: StaticString) -> Bool {
        let bytes = stringBytes
        guard isString, bytes.count == text.utf8CodeUnitCount, let start = bytes.baseAddress else {
            return false
        }
        return memcmp(start, text.utf8Start, bytes.count) == 0
    }

    var stringHash: UInt32 {
        let header = stringHeader
        if header.pointee.hash != 0 { return header.pointee.hash }
        let hash = StringHash.of(header.pointee.bytes, Int(header.pointee.length))
        header.pointee.hash = hash
        return hash
    }

    @inline(__always) static func sameStrings(_ left: Value, _ right: Value) -> Bool {
        if left.bits == right.bits { return true }
        let a = left.stringHeader.pointee
        let b = right.stringHeader.pointee
        guard a.length == b.length else { return false }
        if a.hash != 0, b.hash != 0, a.hash != b.hash { return false }
        return sameBytes(a.bytes, b.bytes, Int(a.length))
    }

    /// Comparing strings of so many bytes counts as work.
    private static var longFrom: Int { 256 }

    /// Most unequal strings of one length differ in the first or the last eight bytes, and most
    /// names have no others.
    @inline(__always) private static func sameBytes(
        _ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ count: Int
    ) -> Bool {
        guard count >= 8 else { return memcmp(left, right, count) == 0 }
        let head = left.loadUnaligned(as: UInt64.self) ^ right.loadUnaligned(as: UInt64.self)
        let last = count &- 8
        let tail =
            (left + last).loadUnaligned(as: UInt64.self)
            ^ (right + last).loadUnaligned(as: UInt64.self)
        guard head | tail == 0 else { return false }
        guard count > 16 else { return true }
        if count >= longFrom, !Work.spend(Work.units(bytes: count)) { return false }
        return memcmp(left + 8, right + 8, count &- 16) == 0
    }

    /// Bytewise, as Go compares strings.
    static func orderOfStrings(_ left: Value, _ right: Value) -> Int {
        let a = left.stringHeader.pointee
        let b = right.stringHeader.pointee
        let common = Int(min(a.length, b.length))
        if common >= 8 {
            let x = UnsafeRawPointer(a.bytes).loadUnaligned(as: UInt64.self).bigEndian
            let y = UnsafeRawPointer(b.bytes).loadUnaligned(as: UInt64.self).bigEndian
            if x != y { return x < y ? -1 : 1 }
        }
        if common >= longFrom, !Work.spend(Work.units(bytes: common)) { return 0 }
        let order = memcmp(a.bytes, b.bytes, common)
        return order != 0 ? Int(order) : Int(a.length) - Int(b.length)
    }
}

/// The hash of strings: seeded per process, so that nobody outside can choose collisions.
enum StringHash {
    private static let seed: UInt64 = .random(in: 1...UInt64.max)
    private static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// Never zero: zero means "not computed".
    static func of(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt32 {
        var state = seed ^ UInt64(truncatingIfNeeded: count)
        var at = UnsafeRawPointer(bytes)
        var left = count
        while left >= 8 {
            state = mix(state ^ at.loadUnaligned(as: UInt64.self))
            at += 8
            left -= 8
        }
        var tail: UInt64 = 0
        var shift: UInt64 = 0
        while left > 0 {
            tail |= UInt64(at.load(as: UInt8.self)) << shift
            shift += 8
            at += 1
            left -= 1
        }
        state = mix(state ^ tail)
        let folded = UInt32(truncatingIfNeeded: state ^ state >> 32)
        return folded == 0 ? 1 : folded
    }

    @inline(__always) static func mix(_ word: UInt64) -> UInt64 {
        let product = word.multipliedFullWidth(by: multiplier)
        return product.high ^ product.low
    }
}
