internal import Bytes

/// The lines in which two texts differ, as `diff -u` shows them.
struct LineDiff {
    private enum Change {
        case kept, removed, added
    }

    /// A run of changes with the lines around it.
    private struct Hunk {
        var changes: Range<Int>
        var oldStart: Int
        var newStart: Int
    }

    /// Lines that stay the same before and after a change.
    private static let contextLines = 3
    /// With more changes than this all lines between the first and the last one are replaced.
    private static let changesMax = 1_000

    private let old: [ArraySlice<UInt8>]
    private let new: [ArraySlice<UInt8>]
    private let changes: [Change]

    init(_ old: [UInt8], _ new: [UInt8]) {
        self.old = Self.lines(old)
        self.new = Self.lines(new)
        changes = Self.changes(self.old, self.new)
    }

    /// The text for a file, empty when nothing differs.
    func unified(name: String) -> [UInt8] {
        let hunks = hunks()
        guard !hunks.isEmpty else { return [] }
        var output = Array("--- \(name)\n+++ \(name)\n".utf8)
        for hunk in hunks { write(hunk, to: &output) }
        return output
    }

    /// The lines with their line ends.
    private static func lines(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        for (index, byte) in text.enumerated() where byte == ASCII.lineFeed {
            lines.append(text[start...index])
            start = index + 1
        }
        if start < text.count { lines.append(text[start...]) }
        return lines
    }

    // MARK: output

    private func hunks() -> [Hunk] {
        var hunks: [Hunk] = []
        var (oldLine, newLine) = (0, 0)
        for (index, change) in changes.enumerated() {
            if change != .kept {
                let lead = min(Self.contextLines, index)
                if let last = hunks.last, index - lead <= last.changes.upperBound {
                    hunks[hunks.count - 1].changes = last.changes.lowerBound..<(index + 1)
                } else {
                    hunks.append(
                        Hunk(
                            changes: (index - lead)..<(index + 1), oldStart: oldLine - lead,
                            newStart: newLine - lead))
                }
                let end = min(changes.count, index + 1 + Self.contextLines)
                let start = hunks[hunks.count - 1].changes.lowerBound
                hunks[hunks.count - 1].changes = start..<end
            }
            if change != .added { oldLine += 1 }
            if change != .removed { newLine += 1 }
        }
        return hunks
    }

    private func write(_ hunk: Hunk, to output: inout [UInt8]) {
        let changes = self.changes[hunk.changes]
        let oldCount = changes.count { $0 != .added }
        let newCount = changes.count { $0 != .removed }
        output += Array(
            ("@@ -" + Self.range(hunk.oldStart, oldCount) + " +"
                + Self.range(hunk.newStart, newCount) + " @@\n").utf8)
        var (oldLine, newLine) = (hunk.oldStart, hunk.newStart)
        for change in changes {
            switch change {
            case .kept:
                Self.write(" ", old[oldLine], to: &output)
                oldLine += 1
                newLine += 1
            case .removed:
                Self.write("-", old[oldLine], to: &output)
                oldLine += 1
            case .added:
                Self.write("+", new[newLine], to: &output)
                newLine += 1
            }
        }
    }

    /// An empty range is named by the line before it.
    private static func range(_ start: Int, _ count: Int) -> String {
        count == 1 ? "\(start + 1)" : "\(count == 0 ? start : start + 1),\(count)"
    }

    private static func write(
        _ sign: Unicode.Scalar, _ line: ArraySlice<UInt8>, to output: inout [UInt8]
    ) {
        output.append(UInt8(ascii: sign))
        output += line
        if line.last != ASCII.lineFeed {
            output += Array("\n\\ No newline at end of file\n".utf8)
        }
    }

    // MARK: comparison

    private static func changes(
        _ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]
    ) -> [Change] {
        var numbers: [ArraySlice<UInt8>: Int] = [:]
        func number(_ line: ArraySlice<UInt8>) -> Int {
            if let known = numbers[line] { return known }
            numbers[line] = numbers.count
            return numbers.count - 1
        }
        let (left, right) = (old.map(number), new.map(number))
        let head = zip(left, right).prefix { $0 == $1 }.count
        let shorter = min(left.count, right.count) - head
        let tail = zip(left.reversed(), right.reversed()).prefix(shorter).prefix { $0 == $1 }.count
        let middle = shortest(
            Array(left[head..<(left.count - tail)]), Array(right[head..<(right.count - tail)]))
        return Array(repeating: .kept, count: head) + middle
            + Array(repeating: .kept, count: tail)
    }

    /// The fewest changes that lead from one to the other (Myers 1986, the greedy algorithm).
    private static func shortest(_ old: [Int], _ new: [Int]) -> [Change] {
        let limit = min(old.count + new.count, changesMax)
        /// The furthest old line on each diagonal; diagonal 0 is at `limit + 1`.
        var furthest = [Int](repeating: 0, count: 2 * limit + 3)
        var rounds: [[Int]] = []
        for count in 0...limit {
            rounds.append(furthest)
            for diagonal in stride(from: -count, through: count, by: 2) {
                let at = limit + 1 + diagonal
                let isDown = isDown(furthest, at, diagonal, count)
                var x = isDown ? furthest[at + 1] : furthest[at - 1] + 1
                while x < old.count, x - diagonal < new.count, old[x] == new[x - diagonal] {
                    x += 1
                }
                furthest[at] = x
                if x >= old.count, x - diagonal >= new.count {
                    return path(rounds, limit, end: (old.count, new.count))
                }
            }
        }
        return Array(repeating: .removed, count: old.count)
            + Array(repeating: .added, count: new.count)
    }

    /// The last change on the diagonal was an added line.
    private static func isDown(
        _ furthest: [Int], _ at: Int, _ diagonal: Int, _ count: Int
    ) -> Bool {
        diagonal == -count || diagonal != count && furthest[at - 1] < furthest[at + 1]
    }

    private static func path(_ rounds: [[Int]], _ limit: Int, end: (x: Int, y: Int)) -> [Change] {
        var (x, y) = end
        var changes: [Change] = []
        for (count, furthest) in rounds.enumerated().reversed() {
            let diagonal = x - y
            let at = limit + 1 + diagonal
            let isDown = isDown(furthest, at, diagonal, count)
            let before = isDown ? furthest[at + 1] : furthest[at - 1]
            let beforeY = before - (isDown ? diagonal + 1 : diagonal - 1)
            while count == 0 ? x > 0 && y > 0 : x > before && y > beforeY {
                changes.append(.kept)
                x -= 1
                y -= 1
            }
            if count > 0 { changes.append(isDown ? .added : .removed) }
            (x, y) = (before, beforeY)
        }
        return changes.reversed()
    }
}
