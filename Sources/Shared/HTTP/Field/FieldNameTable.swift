/// Finds the known name that some bytes spell, in any case.
struct FieldNameTable: @unchecked Sendable {
    // Sendable: the slots are written once, before `shared` is visible to anyone.
    static let shared = FieldNameTable()

    static let lengthMax = FieldNameWords.lengthMax
    private static let slotCount = 512

    private struct Slot {
        var words = FieldNameWords()
        var length = 0
        var name = FieldName.other
    }

    private let slots: UnsafeMutablePointer<Slot>
    private let spellings: UnsafeMutablePointer<UnsafeRawBufferPointer>

    private init() {
        slots = .allocate(capacity: Self.slotCount)
        slots.initialize(repeating: Slot(), count: Self.slotCount)
        spellings = .allocate(capacity: FieldName.allCases.count)
        for name in FieldName.allCases {
            let spelling = UnsafeMutableRawBufferPointer.allocate(
                byteCount: name.rawValue.utf8.count, alignment: 8)
            spelling.copyBytes(from: name.rawValue.utf8)
            (spellings + name.ordinal).initialize(to: UnsafeRawBufferPointer(spelling))
            if name != .other { insert(name, spelled: UnsafeRawBufferPointer(spelling)) }
        }
    }

    /// The known name spelled by these bytes, which must all be token characters; else `other`.
    func name(of bytes: UnsafeRawBufferPointer) -> FieldName {
        let length = bytes.count
        guard length > 0, length <= Self.lengthMax, let base = bytes.baseAddress else {
            return .other
        }
        let words = FieldNameWords(base, length).folded
        var index = Self.slot(words, length)
        while slots[index].length != 0 {
            let slot = slots + index
            if slot.pointee.length == length, slot.pointee.words == words {
                return slot.pointee.name
            }
            index = (index &+ 1) & (Self.slotCount - 1)
        }
        return .other
    }

    /// The name in lower case; the memory lives as long as the process.
    func spelling(of name: FieldName) -> UnsafeRawBufferPointer { spellings[name.ordinal] }

    private func insert(_ name: FieldName, spelled bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        precondition(bytes.count <= Self.lengthMax)
        let words = FieldNameWords(base, bytes.count).folded
        var index = Self.slot(words, bytes.count)
        while slots[index].length != 0 { index = (index + 1) & (Self.slotCount - 1) }
        slots[index] = Slot(words: words, length: bytes.count, name: name)
    }

    @inline(__always)
    private static func slot(_ words: FieldNameWords, _ length: Int) -> Int {
        let mixed =
            (words.first &* 0x9E37_79B9_7F4A_7C15) ^ (words.last &* 0xC2B2_AE3D_27D4_EB4F)
        let hash = (mixed &+ UInt64(truncatingIfNeeded: length)) &* 0xFF51_AFD7_ED55_8CCD
        return Int(truncatingIfNeeded: hash &>> 55)
    }
}

extension FieldName {
    /// The name in lower case, as it is written; the memory lives as long as the process.
    public var spelling: UnsafeRawBufferPointer { FieldNameTable.shared.spelling(of: self) }
}

extension UnsafeRawPointer {
    func word64(at offset: Int) -> UInt64 { loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
    func word32(at offset: Int) -> UInt32 { loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
}
