internal import Bytes

/// The fields that a peer's decoder remembers, as its encoder knows them (RFC 7541 §2.3.2).
///
/// Most fields have the value that they had in the last message: of names that are known beforehand
/// the latest entry is looked at first. Others are found by hash, in pairs of slots: where three
/// contend the oldest is forgotten, which costs some bytes and nothing else. What is found is
/// compared before it is used.
struct HPACKDynamicTable: ~Copyable {
    private struct Entry {
        var start: UInt16
        var nameCount: UInt16
        var valueCount: UInt16
        /// `HPACKName.key`.
        var nameKey: UInt16
    }

    /// What both sides begin with, and the most that is ever used (RFC 9113 §6.5.2).
    static let capacityMax = 4096
    /// What an entry counts for beside its bytes (RFC 7541 §4.1).
    static let entryBytes = 32

    private static let entriesMax = capacityMax / entryBytes
    /// Twice what can be in use: a string is never split, and there is always room for the next.
    private static let stringBytes = 2 * capacityMax
    private static let slotCount = 256
    private static let ways = 2
    private static let slotBytes = slotCount * MemoryLayout<UInt32>.stride
    private static let byteCount =
        stringBytes + entriesMax * MemoryLayout<Entry>.stride + 3 * slotBytes

    private let memory: H2Memory
    /// Nil before the first entry.
    private var strings: UnsafeMutableRawPointer?
    private(set) var capacity = capacityMax
    private var size = 0
    private var count = 0
    /// How many entries there ever were: the number of the newest.
    private var newest: UInt32 = 0
    private var end = 0

    init(_ memory: H2Memory) { self.memory = memory }

    deinit { memory.give(strings) }

    // MARK: finding

    /// The index of a field, when it is the latest with its name.
    @inline(__always)
    func findLatest(_ name: HPACKNamePointer, _ value: UnsafeRawBufferPointer) -> Int? {
        guard let strings, name.pointee.key != 0,
            let age = age(latest(strings)[Int(name.pointee.key)])
        else { return nil }
        let entry = entry(strings, age)
        guard Int(entry.valueCount) == value.count,
            Self.isEqual(value, strings + Int(entry.start) + Int(entry.nameCount))
        else { return nil }
        return Self.index(age)
    }

    /// The index of a field by which the peer knows it.
    func find(
        _ hash: UInt64, _ name: HPACKNamePointer, _ value: UnsafeRawBufferPointer
    ) -> Int? {
        guard let strings else { return nil }
        let slots = fields(strings) + Self.slot(hash)
        for way in 0..<Self.ways {
            guard let age = age(slots[way]) else { continue }
            let entry = entry(strings, age)
            guard Int(entry.valueCount) == value.count, hasName(entry, name, strings),
                Self.isEqual(value, strings + Int(entry.start) + Int(entry.nameCount))
            else { continue }
            return Self.index(age)
        }
        return nil
    }

    /// The index of a field with this name.
    func find(_ name: HPACKNamePointer) -> Int? {
        guard let strings else { return nil }
        if name.pointee.key != 0 {
            return age(latest(strings)[Int(name.pointee.key)]).map(Self.index)
        }
        let slots = names(strings) + Self.slot(name.pointee.hash)
        for way in 0..<Self.ways {
            guard let age = age(slots[way]), hasName(entry(strings, age), name, strings) else {
                continue
            }
            return Self.index(age)
        }
        return nil
    }

    private func hasName(
        _ entry: Entry, _ name: HPACKNamePointer, _ strings: UnsafeMutableRawPointer
    ) -> Bool {
        if name.pointee.key != 0 { return entry.nameKey == UInt16(name.pointee.key) }
        return entry.nameKey == 0 && Int(entry.nameCount) == name.pointee.bytes.count
            && Self.isEqual(name.pointee.bytes, strings + Int(entry.start))
    }

    /// Zero for the newest; nil for an entry that is gone.
    private func age(_ number: UInt32) -> Int? {
        let age = Int(newest &- number)
        return age < count ? age : nil
    }

    private static func index(_ age: Int) -> Int { HPACKNames.staticCount &+ 1 &+ age }

    private static func isEqual(
        _ bytes: UnsafeRawBufferPointer, _ place: UnsafeMutableRawPointer
    ) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        let other = UnsafeRawPointer(place)
        guard bytes.count >= 8 else {
            for index in 0..<bytes.count
            where bytes[index] != other.load(fromByteOffset: index, as: UInt8.self) {
                return false
            }
            return true
        }
        let last = bytes.count &- 8
        var index = 0
        while index < last {
            guard base.word64(at: index) == other.word64(at: index) else { return false }
            index &+= 8
        }
        return base.word64(at: last) == other.word64(at: last)
    }

    // MARK: changing

    /// Whether a field of that many bytes may be worth the room that it takes from others.
    func admits(_ byteCount: Int) -> Bool {
        byteCount &+ Self.entryBytes <= capacity / 4 &* 3
    }

    /// Adds what the peer was told to add; `admits` has said that it fits.
    mutating func insert(
        _ name: HPACKNamePointer, _ value: UnsafeRawBufferPointer, _ hash: UInt64
    ) {
        let nameCount = name.pointee.bytes.count
        let key = name.pointee.key
        let length = nameCount &+ value.count
        precondition(length &+ Self.entryBytes <= capacity)
        guard let strings = strings ?? allocate() else { return }
        evict(to: capacity &- length &- Self.entryBytes)
        if end &+ length > Self.stringBytes { end = 0 }
        newest &+= 1
        count &+= 1
        size &+= length &+ Self.entryBytes
        place(strings, newest).pointee = Entry(
            start: UInt16(truncatingIfNeeded: end),
            nameCount: UInt16(truncatingIfNeeded: nameCount),
            valueCount: UInt16(truncatingIfNeeded: value.count), nameKey: UInt16(key))
        Self.copy(name.pointee.bytes, to: strings + end)
        Self.copy(value, to: strings + end + nameCount)
        end &+= length
        Self.note(newest, in: fields(strings) + Self.slot(hash))
        if key != 0 {
            latest(strings)[Int(key)] = newest
        } else {
            Self.note(newest, in: names(strings) + Self.slot(name.pointee.hash))
        }
    }

    /// The newest comes first.
    private static func note(_ number: UInt32, in slots: UnsafeMutablePointer<UInt32>) {
        slots[1] = slots[0]
        slots[0] = number
    }

    /// The peer's decoder will remember at most so many bytes.
    mutating func resize(to capacity: Int) {
        self.capacity = min(capacity, Self.capacityMax)
        evict(to: self.capacity)
    }

    private mutating func evict(to limit: Int) {
        guard let strings else { return }
        while size > limit {
            let oldest = entry(strings, count &- 1)
            size &-= Int(oldest.nameCount) &+ Int(oldest.valueCount) &+ Self.entryBytes
            count &-= 1
        }
    }

    private mutating func allocate() -> UnsafeMutableRawPointer? {
        guard let base = memory.take(Self.byteCount) else { return nil }
        let slots = fields(base)
        slots.initialize(repeating: 0, count: 3 * Self.slotCount)
        strings = base
        return base
    }

    private static func copy(_ bytes: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer) {
        guard let source = bytes.baseAddress else { return }
        target.copyShort(from: source, count: bytes.count)
    }

    // MARK: places

    private static func slot(_ hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash &>> 56) & ~(ways &- 1)
    }

    private func fields(_ base: UnsafeMutableRawPointer) -> UnsafeMutablePointer<UInt32> {
        (base + Self.stringBytes).assumingMemoryBound(to: UInt32.self)
    }

    private func names(_ base: UnsafeMutableRawPointer) -> UnsafeMutablePointer<UInt32> {
        fields(base) + Self.slotCount
    }

    /// By `HPACKName.key`.
    private func latest(_ base: UnsafeMutableRawPointer) -> UnsafeMutablePointer<UInt32> {
        fields(base) + 2 * Self.slotCount
    }

    private func entry(_ base: UnsafeMutableRawPointer, _ age: Int) -> Entry {
        place(base, newest &- UInt32(truncatingIfNeeded: age)).pointee
    }

    private func place(
        _ base: UnsafeMutableRawPointer, _ number: UInt32
    ) -> UnsafeMutablePointer<Entry> {
        let entries = (base + Self.stringBytes + 3 * Self.slotBytes)
            .assumingMemoryBound(to: Entry.self)
        return entries + Int(number) % Self.entriesMax
    }
}
