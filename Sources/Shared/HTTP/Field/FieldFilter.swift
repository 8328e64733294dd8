internal import Bytes

/// Which fields are not forwarded. Made once, when a configuration is loaded; asked for each field.
///
/// Dropped are: what ends at this hop, what Sluice writes itself, what `Connection` names, the
/// names and prefixes given, and every name with an underscore that would be one of those, or any
/// known name, if its underscores were hyphens: programs behind us may read it so.
public final class FieldFilter: @unchecked Sendable {
    // Sendable: the patterns are written once, in init.

    private let known: FieldNameSet
    /// The names and prefixes that are not known names, as (length, is prefix, bytes).
    private let patterns: UnsafeMutableRawBufferPointer
    /// Bit n: a pattern starts with the letter n.
    private let firstLetters: UInt32

    /// - Parameters:
    ///   - names: known names to drop.
    ///   - spelled: other names to drop, in any case.
    ///   - prefixes: beginnings of names to drop, such as `x-sandbox-`, in any case.
    ///   - keeping: known names that are forwarded although a rule above drops them; framing is
    ///     dropped all the same.
    public init(
        names: FieldNameSet = [], spelled: [String] = [], prefixes: [String] = [],
        keeping: FieldNameSet = []
    ) {
        var known = FieldNameSet.hopByHop.union(names)
        var packed: [UInt8] = []
        var letters: UInt32 = 0
        for (text, isPrefix) in spelled.map({ ($0, false) }) + prefixes.map({ ($0, true) }) {
            let bytes = text.utf8.prefix(255).map { Self.folded($0) }
            guard let first = bytes.first else { continue }
            letters |= Self.letterBit(first)
            packed += [UInt8(bytes.count), isPrefix ? 1 : 0] + bytes
        }
        let patterns = UnsafeMutableRawBufferPointer.allocate(
            byteCount: packed.count, alignment: 1)
        patterns.copyBytes(from: packed)
        for name in FieldName.allCases
        where Self.matches(name.spelling, UnsafeRawBufferPointer(patterns)) {
            known.insert(name)
        }
        for name in FieldName.allCases where keeping.contains(name) { known.remove(name) }
        self.known = known.union(.framing)
        self.patterns = patterns
        firstLetters = letters
    }

    deinit { patterns.deallocate() }

    /// Whether `field`, whose head is `bytes`, stays here.
    public func drops(_ field: Field, in bytes: UnsafeRawBufferPointer) -> Bool {
        if field.isNominated { return true }
        if field.name != .other { return known.contains(field.name) }
        let name = field.nameRange.slice(of: bytes)
        if field.hasUnderscore, Self.isKnownWithHyphens(name) { return true }
        guard let first = name.first, firstLetters & Self.letterBit(first) != 0 else {
            return false
        }
        return Self.matches(name, UnsafeRawBufferPointer(patterns))
    }

    /// Whether a name that is not in a head would be dropped; for what policy wants to add.
    public func drops(name: UnsafeRawBufferPointer) -> Bool {
        let range = ByteRange(offset: 0, length: name.count)
        let field = Field(
            name: FieldNameTable.shared.name(of: name), nameRange: range, valueRange: .empty,
            hasUnderscore: name.contains(UInt8(ascii: "_")), isCanonical: false)
        return drops(field, in: name)
    }

    private static func matches(
        _ name: UnsafeRawBufferPointer, _ patterns: UnsafeRawBufferPointer
    ) -> Bool {
        var index = 0
        while index &+ 2 < patterns.count {
            let length = Int(patterns[index])
            let isPrefix = patterns[index &+ 1] == 1
            index &+= 2
            if isPrefix ? name.count >= length : name.count == length {
                var matched = 0
                while matched < length,
                    folded(name[matched]) == patterns[index &+ matched]
                { matched &+= 1 }
                if matched == length { return true }
            }
            index &+= length
        }
        return false
    }

    private static func isKnownWithHyphens(_ name: UnsafeRawBufferPointer) -> Bool {
        guard name.count <= FieldNameTable.lengthMax else { return false }
        return withUnsafeTemporaryAllocation(
            byteCount: FieldNameTable.lengthMax, alignment: 8
        ) { copy in
            for index in 0..<name.count { copy[index] = folded(name[index]) }
            let hyphenated = UnsafeRawBufferPointer(start: copy.baseAddress, count: name.count)
            return FieldNameTable.shared.name(of: hyphenated) != .other
        }
    }

    /// Lower case, and a hyphen for an underscore.
    private static func folded(_ byte: UInt8) -> UInt8 {
        byte == UInt8(ascii: "_") ? UInt8(ascii: "-") : ASCII.lowercased(byte)
    }

    private static func letterBit(_ byte: UInt8) -> UInt32 {
        1 &<< UInt32(folded(byte) & 31)
    }
}
