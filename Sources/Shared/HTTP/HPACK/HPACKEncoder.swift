internal import Bytes

/// Writes field sections as HPACK has them (RFC 7541), for one connection, in the order in which
/// its peer reads them.
///
/// nghttp2's own encoder takes a fifth of all instructions of a request that comes and goes by
/// HTTP/2: it copies and hashes every name, and spells every literal in Huffman's code. This one
/// keeps the compression that counts, the table of what was sent before, and writes literals as
/// they are.
struct HPACKEncoder: ~Copyable {
    /// What the peer's decoder is to remember of a field.
    enum Indexing: UInt8 {
        /// All of it: the next one will be an index.
        case field
        /// The name: no other message has this value, which would only drive others out.
        case name
        /// Nothing, nor may any hop behind it: neither end's table is to hold a secret that
        /// another stream's size could tell (RFC 7541 §7.1).
        case never
    }

    private var table: HPACKDynamicTable
    /// The size that the peer wants of the table, and the smallest that it wanted since it was told.
    private var wanted = HPACKDynamicTable.capacityMax
    private var smallest = HPACKDynamicTable.capacityMax
    private var out = UnsafeMutableRawPointer(bitPattern: 0)
    private var count = 0

    /// The most that a field takes beside its own bytes, and a section beside its fields.
    static let fieldOverhead = 16
    static let sectionOverhead = 16

    init(_ memory: H2Memory) { table = HPACKDynamicTable(memory) }

    /// The peer's SETTINGS_HEADER_TABLE_SIZE: the next section says how much of it is used.
    mutating func limitTable(to size: Int) {
        wanted = min(size, HPACKDynamicTable.capacityMax)
        smallest = min(smallest, wanted)
    }

    /// Begins a section at `output`, which has room for `sectionOverhead` and, for each field, its
    /// bytes and `fieldOverhead`.
    mutating func begin(at output: UnsafeMutableRawPointer) {
        out = output
        count = 0
        if smallest < table.capacity { announce(smallest) }
        if wanted != table.capacity { announce(wanted) }
        smallest = wanted
    }

    /// Ends the section: how many bytes it has.
    mutating func finish() -> Int {
        out = nil
        return count
    }

    /// A field that the static table has whole.
    mutating func add(index: Int) { write(index, prefix: 7, 0x80) }

    mutating func add(
        _ name: HPACKNamePointer, _ value: UnsafeRawBufferPointer, _ indexing: Indexing
    ) {
        switch indexing {
        case .field: remember(name, value)
        case .name:
            guard let index = index(of: name) else { return remember(name, value) }
            write(index, prefix: 4, 0)
            write(value)
        case .never:
            writeName(name, index(of: name), prefix: 4, 0x10)
            write(value)
        }
    }

    private func index(of name: HPACKNamePointer) -> Int? {
        name.pointee.staticIndex > 0 ? Int(name.pointee.staticIndex) : table.find(name)
    }

    private mutating func remember(
        _ name: HPACKNamePointer, _ value: UnsafeRawBufferPointer
    ) {
        if let index = table.findLatest(name, value) { return add(index: index) }
        let hash = Self.hash(value, name.pointee.hash)
        if let index = table.find(hash, name, value) { return add(index: index) }
        let isAdmitted = table.admits(name.pointee.bytes.count &+ value.count)
        if isAdmitted {
            writeName(name, index(of: name), prefix: 6, 0x40)
        } else {
            writeName(name, index(of: name), prefix: 4, 0)
        }
        write(value)
        if isAdmitted { table.insert(name, value, hash) }
    }

    private mutating func writeName(
        _ name: HPACKNamePointer, _ index: Int?, prefix: UInt8, _ pattern: UInt8
    ) {
        write(index ?? 0, prefix: prefix, pattern)
        if index == nil { write(name.pointee.bytes) }
    }

    private mutating func announce(_ size: Int) {
        table.resize(to: size)
        write(size, prefix: 5, 0x20)
    }

    // MARK: primitives (RFC 7541 §5)

    @inline(__always)
    private mutating func write(_ number: Int, prefix: UInt8, _ pattern: UInt8) {
        let most = (1 &<< Int(prefix)) &- 1
        if number < most { return write(pattern | UInt8(truncatingIfNeeded: number)) }
        writeLong(number, most, pattern)
    }

    private mutating func writeLong(_ number: Int, _ most: Int, _ pattern: UInt8) {
        write(pattern | UInt8(truncatingIfNeeded: most))
        var rest = number &- most
        while rest >= 0x80 {
            write(UInt8(truncatingIfNeeded: rest & 0x7F) | 0x80)
            rest &>>= 7
        }
        write(UInt8(truncatingIfNeeded: rest))
    }

    private mutating func write(_ bytes: UnsafeRawBufferPointer) {
        write(bytes.count, prefix: 7, 0)
        guard let source = bytes.baseAddress, let out else { return }
        (out + count).copyShort(from: source, count: bytes.count)
        count &+= bytes.count
    }

    private mutating func write(_ byte: UInt8) {
        out?.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count &+= 1
    }

    /// Eight bytes at a time; nothing depends on its quality but how often two fields contend.
    static func hash(_ bytes: UnsafeRawBufferPointer, _ seed: UInt64) -> UInt64 {
        let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
        var hash = (seed ^ UInt64(truncatingIfNeeded: bytes.count)) &* factor
        guard let base = bytes.baseAddress else { return hash }
        var rest: UInt64 = 0
        if bytes.count >= 8 {
            let last = bytes.count &- 8
            var index = 0
            while index < last {
                hash = (hash ^ (hash &>> 29) ^ base.word64(at: index)) &* factor
                index &+= 8
            }
            rest = base.word64(at: last)
        } else if bytes.count >= 4 {
            rest = UInt64(base.word32(at: 0)) &<< 32 | UInt64(base.word32(at: bytes.count &- 4))
        } else {
            for byte in bytes { rest = rest &<< 8 | UInt64(byte) }
        }
        hash = (hash ^ (hash &>> 29) ^ rest) &* factor
        return (hash ^ (hash &>> 32)) &* factor
    }
}
