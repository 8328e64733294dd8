/// Writes the two forms of a path segment by segment: each segment goes out as forwarded, and what
/// a tolerant reader makes of it as matched. A dot-dot segment takes the last one off both.
struct PathWriter {
    private let forwarded: UnsafeMutableRawBufferPointer
    private let matched: UnsafeMutableRawBufferPointer
    private var forwardedCount = 1
    private var matchedCount = 1
    private var segmentStart = 1
    private var differs = false

    /// Both buffers hold three times the path, and one byte.
    init(forwarded: UnsafeMutableRawBufferPointer, matched: UnsafeMutableRawBufferPointer) {
        self.forwarded = forwarded
        self.matched = matched
        forwarded[0] = UInt8(ascii: "/")
        matched[0] = UInt8(ascii: "/")
    }

    mutating func beginSegment() { segmentStart = forwardedCount }

    mutating func append(_ byte: UInt8) {
        forwarded[forwardedCount] = byte
        forwardedCount &+= 1
    }

    mutating func appendEncoded(_ byte: UInt8) {
        append(UInt8(ascii: "%"))
        append(PercentEncoding.upperDigit(byte &>> 4))
        append(PercentEncoding.upperDigit(byte & 15))
    }

    /// Whether the segment holds `%25` and then, at the offset given, what `isPart` looks for.
    func hasEncodedPercent(before isPart: (UnsafeRawBufferPointer, Int) -> Bool) -> Bool {
        let written = UnsafeRawBufferPointer(
            start: forwarded.baseAddress, count: forwardedCount)
        var index = segmentStart
        while index &+ 4 < forwardedCount {
            if hasTriplet(UInt8(ascii: "2"), UInt8(ascii: "5"), at: index),
                isPart(written, index &+ 3)
            {
                return true
            }
            index &+= 1
        }
        return false
    }

    /// Whether the segment holds `%2F` with `.`, `..` or nothing between two of them.
    var hasDotSegmentInside: Bool {
        var start = segmentStart
        var index = start
        var hasSlash = false
        while index <= forwardedCount {
            let isSlash = hasTriplet(UInt8(ascii: "2"), UInt8(ascii: "F"), at: index)
            guard isSlash || index == forwardedCount else {
                index &+= 1
                continue
            }
            hasSlash = hasSlash || isSlash
            if hasSlash, isDots(from: start, to: parametersStart(from: start, to: index)) {
                return true
            }
            index &+= isSlash ? 3 : 1
            start = index
        }
        return false
    }

    /// Settles the segment; false when it is a dot segment, or nothing, with parameters.
    mutating func endSegment(isLast: Bool) -> Bool {
        let end = forwardedCount
        let base = parametersStart(from: segmentStart, to: end)
        if isDots(from: segmentStart, to: base) {
            guard base == end else { return false }
            forwardedCount = segmentStart
            if end &- segmentStart == 2 { removeLastSegment() }
            return true
        }
        let trimmed = trimmedEnd(from: segmentStart, to: base)
        differs = differs || trimmed != end
        for index in segmentStart..<trimmed {
            matched[matchedCount] = forwarded[index]
            matchedCount &+= 1
        }
        if !isLast {
            append(UInt8(ascii: "/"))
            matched[matchedCount] = UInt8(ascii: "/")
            matchedCount &+= 1
        }
        return true
    }

    func finish() -> NormalizedPath {
        let forwarded = UnsafeRawBufferPointer(
            start: forwarded.baseAddress, count: forwardedCount)
        let matched = UnsafeRawBufferPointer(start: matched.baseAddress, count: matchedCount)
        return NormalizedPath(forwarded: forwarded, matched: differs ? matched : forwarded)
    }

    /// Both forms end with `/` here.
    private mutating func removeLastSegment() {
        forwardedCount = Self.withoutLastSegment(forwarded, forwardedCount)
        matchedCount = Self.withoutLastSegment(matched, matchedCount)
    }

    private static func withoutLastSegment(
        _ bytes: UnsafeMutableRawBufferPointer, _ count: Int
    ) -> Int {
        var count = count
        guard count > 1 else { return count }
        count &-= 1
        while bytes[count &- 1] != UInt8(ascii: "/") { count &-= 1 }
        return count
    }

    /// Nothing, `.` or `..`.
    private func isDots(from start: Int, to end: Int) -> Bool {
        guard end &- start <= 2 else { return false }
        for index in start..<end where forwarded[index] != UInt8(ascii: ".") { return false }
        return true
    }

    /// The first `;` or `%3B`.
    private func parametersStart(from start: Int, to end: Int) -> Int {
        var index = start
        while index < end {
            if forwarded[index] == UInt8(ascii: ";")
                || hasTriplet(UInt8(ascii: "3"), UInt8(ascii: "B"), at: index)
            {
                return index
            }
            index &+= 1
        }
        return end
    }

    /// The end without dots and encoded spaces; the whole when nothing else is there.
    private func trimmedEnd(from start: Int, to end: Int) -> Int {
        var last = end
        while last > start {
            if forwarded[last &- 1] == UInt8(ascii: ".") {
                last &-= 1
            } else if last &- 3 >= start,
                hasTriplet(UInt8(ascii: "2"), UInt8(ascii: "0"), at: last &- 3)
            {
                last &-= 3
            } else {
                return last
            }
        }
        return end
    }

    private func hasTriplet(_ high: UInt8, _ low: UInt8, at index: Int) -> Bool {
        index &+ 2 < forwardedCount && forwarded[index] == UInt8(ascii: "%")
            && forwarded[index &+ 1] == high && forwarded[index &+ 2] == low
    }
}
