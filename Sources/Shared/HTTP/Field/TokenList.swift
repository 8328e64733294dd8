internal import Bytes

/// The elements of a comma-separated list of tokens, empty elements skipped (RFC 9110 §5.6.1).
struct TokenList {
    /// False once an element is not a token.
    private(set) var isWellFormed = true

    private let value: UnsafeRawBufferPointer
    private var index = 0

    init(_ value: UnsafeRawBufferPointer) { self.value = value }

    mutating func next() -> UnsafeRawBufferPointer? {
        while index < value.count, Self.isSeparator(value[index]) { index += 1 }
        guard index < value.count else { return nil }
        let classes = ByteClass.shared.table
        let start = index
        while index < value.count, classes[Int(value[index])] & ByteClass.token != 0 { index += 1 }
        let element = ByteRange(from: start, to: index).slice(of: value)
        while index < value.count, Self.isBlank(value[index]) { index += 1 }
        if element.isEmpty || (index < value.count && value[index] != UInt8(ascii: ",")) {
            isWellFormed = false
            index = value.count
        }
        return element
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == ASCII.space || byte == ASCII.tab
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || isBlank(byte)
    }
}
