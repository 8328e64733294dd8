/// Finds what a mistyped word was meant to be.
enum Spelling {
    /// The candidate with the fewest edits, if it takes no more than a third of the word's length.
    static func nearest(to word: String, in candidates: [String]) -> String? {
        let best = candidates.map { ($0, distance(word.lowercased(), $0.lowercased())) }
            .min { $0.1 < $1.1 }
        guard let (candidate, edits) = best else { return nil }
        return edits <= max(1, min(word.count, candidate.count) / 3) ? candidate : nil
    }

    static func suggestion(_ word: String?) -> String {
        word.map { "; did you mean \($0)?" } ?? ""
    }

    /// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
    static func distance(_ left: String, _ right: String) -> Int {
        // Longer words are no typing errors of ours, and the table stays small.
        let left = Array(left.utf8.prefix(64))
        let right = Array(right.utf8.prefix(64))
        var table = [[Int]](
            repeating: [Int](repeating: 0, count: right.count + 1), count: left.count + 1)
        for row in 0...left.count { table[row][0] = row }
        for column in 0...right.count { table[0][column] = column }
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        for row in 1...left.count {
            for column in 1...right.count {
                let change = left[row - 1] == right[column - 1] ? 0 : 1
                var edits = min(
                    table[row - 1][column] + 1, table[row][column - 1] + 1,
                    table[row - 1][column - 1] + change)
                if row > 1, column > 1, left[row - 1] == right[column - 2],
                    left[row - 2] == right[column - 1]
                {
                    edits = min(edits, table[row - 2][column - 2] + 1)
                }
                table[row][column] = edits
            }
        }
        return table[left.count][right.count]
    }
}
