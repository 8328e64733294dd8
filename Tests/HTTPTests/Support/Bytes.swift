import HTTP

extension String {
    /// One byte for each scalar below U+0100, so that tables can spell any byte.
    var latin1: [UInt8] { unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }

    var isToken: Bool {
        !isEmpty && allSatisfy { $0.isAlphanumeric || "!#$%&'*+-.^_`|~".contains($0) }
    }
}

extension Character {
    var isAlphanumeric: Bool { isASCII && (isLetter || isNumber) }
}

extension UnsafeRawBufferPointer {
    var text: String { String(String.UnicodeScalarView(map { Unicode.Scalar($0) })) }
    var array: [UInt8] { Array(self) }
}

extension [UInt8] {
    var text: String { withUnsafeBytes { $0.text } }
}

/// Collects what a writer writes, with memory enough for any head.
func written(_ write: (inout HeadWriter) -> Void) -> (HeadWriter.Result, String) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 8)
    defer { memory.deallocate() }
    var writer = HeadWriter(memory)
    write(&writer)
    guard case .written(let count) = writer.result else { return (writer.result, "") }
    return (writer.result, UnsafeRawBufferPointer(memory).prefix(count).map { $0 }.text)
}
