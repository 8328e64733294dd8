internal import Bytes

extension UnsafeRawBufferPointer {
    /// Whether the bytes spell `text`, which is in lower case, in any case.
    func equalsFolded(_ text: StaticString) -> Bool {
        equalsFolded(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Whether the bytes are those of `text`.
    func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount, let base = baseAddress else { return false }
        let other = UnsafeRawPointer(text.utf8Start)
        var index = 0
        while index &+ 8 <= count {
            guard base.word64(at: index) == other.word64(at: index) else { return false }
            index &+= 8
        }
        while index < count {
            guard self[index] == text.utf8Start[index] else { return false }
            index &+= 1
        }
        return true
    }

    func equalsFolded(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count
        where ASCII.lowercased(self[index]) != ASCII.lowercased(other[index]) {
            return false
        }
        return true
    }
}
