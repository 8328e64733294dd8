internal import Bytes

/// The names that stood in the last head, by their place in it.
///
/// Heads that follow each other are alike. That a line begins as the one in its place did is seen by
/// comparing a few words; what its name is, and that it is one, was found out then. Whoever made
/// it frees its memory.
struct ExpectedNames {
    private struct Entry {
        var words = FieldNameWords()
        /// Zero when nothing is expected.
        var length = 0
        var name = LineName(colon: 0, name: .other, hasUnderscore: false)
    }

    /// Lines behind these are read without expectations.
    private static let countMax = 32

    private let entries: UnsafeMutablePointer<Entry>

    init() {
        entries = .allocate(capacity: Self.countMax)
        entries.initialize(repeating: Entry(), count: Self.countMax)
    }

    func deallocate() { entries.deallocate() }

    /// The name of the line at `line`, when it is the one that is expected at this place.
    @inline(__always)
    func name(at place: Int, _ bytes: Input, line: Int) -> LineName? {
        guard place < Self.countMax else { return nil }
        let entry = entries + place
        let colon = line &+ entry.pointee.length
        guard colon > line, colon < bytes.count, bytes[colon] == UInt8(ascii: ":"),
            FieldNameWords(bytes.base + line, entry.pointee.length) == entry.pointee.words
        else { return nil }
        var name = entry.pointee.name
        name.colon = colon
        return name
    }

    /// Notes what stood there instead.
    @inline(__always)
    func note(_ name: LineName, at place: Int, _ bytes: Input, line: Int) {
        let length = name.colon &- line
        guard place < Self.countMax, length <= FieldNameWords.lengthMax else { return }
        entries[place] = Entry(
            words: FieldNameWords(bytes.base + line, length), length: length, name: name)
    }
}

/// What stands before a line's colon.
struct LineName {
    /// Where the colon is.
    var colon: Int
    let name: FieldName
    let hasUnderscore: Bool
}

/// The bytes of a name, as they are spelled: its first and last eight bytes, and the eight next to
/// each. Two names of one length are equal when these are, so no byte loop is needed.
struct FieldNameWords: Equatable {
    /// The longest name that the words have all bytes of.
    static let lengthMax = 32

    private(set) var first: UInt64 = 0
    private(set) var last: UInt64 = 0
    private(set) var second: UInt64 = 0
    private(set) var nextToLast: UInt64 = 0

    init() {}

    /// - Parameter length: from 1 up to `lengthMax`.
    @inline(__always)
    init(_ base: UnsafeRawPointer, _ length: Int) {
        if length >= 8 {
            first = base.word64(at: 0)
            last = base.word64(at: length &- 8)
            if length > 16 {
                second = base.word64(at: 8)
                nextToLast = base.word64(at: length &- 16)
            }
        } else if length >= 4 {
            first = UInt64(base.word32(at: 0))
            last = UInt64(base.word32(at: length &- 4))
        } else {
            for index in 0..<length {
                first = first &<< 8 | UInt64(base.load(fromByteOffset: index, as: UInt8.self))
            }
        }
    }

    /// The same in lower case, if the bytes are those of a name: setting bit 5 folds letters, and no
    /// other pair of token characters that names use collides.
    var folded: FieldNameWords {
        @inline(__always) get {
            let fold: UInt64 = 0x2020_2020_2020_2020
            var words = self
            words.first |= fold
            words.last |= fold
            words.second |= fold
            words.nextToLast |= fold
            return words
        }
    }
}
