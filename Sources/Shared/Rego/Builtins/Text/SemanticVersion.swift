internal import Bytes

/// A semantic version (semver.org 2.0), with a leading "v" allowed as OPA does.
struct SemanticVersion {
    private let numbers: [Int64]
    private let preRelease: String

    init?(_ text: String) {
        var rest = Substring(text)
        if rest.utf8.first == UInt8(ascii: "v") { rest = rest.dropFirst() }
        let (beforeMetadata, metadata) = Self.cut(rest, "+")
        let (core, preRelease) = Self.cut(beforeMetadata, "-")
        guard metadata.isEmpty || Self.isIdentifierList(metadata),
            preRelease.isEmpty || Self.isIdentifierList(preRelease)
        else { return nil }
        let parts = core.utf8.split(
            separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        var numbers: [Int64] = []
        for part in parts {
            guard let number = Int64(Substring(part)) else { return nil }
            numbers.append(number)
        }
        self.numbers = numbers
        self.preRelease = String(preRelease)
    }

    /// −1, 0 or 1 (semver.org §11).
    func compare(_ other: SemanticVersion) -> Int {
        for (mine, theirs) in zip(numbers, other.numbers) where mine != theirs {
            return mine < theirs ? -1 : 1
        }
        if preRelease == other.preRelease { return 0 }
        if preRelease.isEmpty { return 1 }
        if other.preRelease.isEmpty { return -1 }
        return Self.comparePreReleases(preRelease, other.preRelease)
    }

    private static func comparePreReleases(_ left: String, _ right: String) -> Int {
        let mine = left.split(separator: ".", omittingEmptySubsequences: false)
        let theirs = right.split(separator: ".", omittingEmptySubsequences: false)
        for (first, second) in zip(mine, theirs) {
            let result = compareIdentifiers(first, second)
            if result != 0 { return result }
        }
        return mine.count == theirs.count ? 0 : mine.count < theirs.count ? -1 : 1
    }

    /// Numbers compare as numbers and come before everything else.
    private static func compareIdentifiers(_ left: Substring, _ right: Substring) -> Int {
        let isLeftNumber = left.utf8.allSatisfy(ASCII.isDigit)
        let isRightNumber = right.utf8.allSatisfy(ASCII.isDigit)
        if isLeftNumber != isRightNumber { return isLeftNumber ? -1 : 1 }
        if isLeftNumber {
            let first = left.drop { $0 == "0" }
            let second = right.drop { $0 == "0" }
            if first.utf8.count != second.utf8.count {
                return first.utf8.count < second.utf8.count ? -1 : 1
            }
            return first == second ? 0 : first < second ? -1 : 1
        }
        return left == right ? 0 : left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
    }

    private static func cut(
        _ text: Substring, _ separator: Unicode.Scalar
    ) -> (before: Substring, after: Substring) {
        let bytes = text.utf8
        guard let index = bytes.firstIndex(of: UInt8(ascii: separator)) else { return (text, "") }
        return (text[..<index], text[bytes.index(after: index)...])
    }

    private static func isIdentifierList(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy {
                    ASCII.isDigit($0) || ($0 | 0x20) &- 0x61 < 26 || $0 == UInt8(ascii: "-")
                }
        }
    }
}
