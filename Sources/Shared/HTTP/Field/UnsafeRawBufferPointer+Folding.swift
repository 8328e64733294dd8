internal import Bytes

extension UnsafeRawBufferPointer {
    /// Whether the bytes spell `text`, which is in lower case, in any case.
    func equalsFolded(_ text: StaticString) -> Bool {
        equalsFolded(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
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
