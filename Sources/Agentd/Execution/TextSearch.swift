/// Finds a text in another, in a time that depends on their lengths alone, whatever they hold
/// (Knuth, Morris and Pratt).
struct TextSearch {
    private let needle: [UInt8]
    /// For each length of a beginning of the needle, the longest shorter one that it ends with.
    private let borders: [Int]

    /// - Parameter needle: not empty.
    init(_ needle: [UInt8]) {
        var borders = [Int](repeating: 0, count: needle.count)
        var matched = 0
        for index in needle.indices.dropFirst() {
            while matched > 0, needle[index] != needle[matched] { matched = borders[matched - 1] }
            if needle[index] == needle[matched] { matched += 1 }
            borders[index] = matched
        }
        self.needle = needle
        self.borders = borders
    }

    /// Where the needle stands, from the front, without overlaps.
    func places(in text: [UInt8]) -> [Int] {
        var places: [Int] = []
        var matched = 0
        for index in text.indices {
            while matched > 0, text[index] != needle[matched] { matched = borders[matched - 1] }
            if text[index] == needle[matched] { matched += 1 }
            guard matched == needle.count else { continue }
            places.append(index - matched + 1)
            matched = 0
        }
        return places
    }
}
