import Bytes
@testable import Credentials

extension Secret {
    convenience init(_ text: String) throws {
        let bytes = Array(text.utf8)
        try self.init(copying: UnsafeRawBufferPointer(start: bytes, count: bytes.count))
    }

    var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}

/// Lends a text's bytes.
func withText<Result>(_ text: String, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows
    -> Result
{
    try Array(text.utf8).withUnsafeBytes(body)
}

/// What `write` writes.
func written(_ write: (inout LineBuilder) -> Void) -> String {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64 << 10) { memory in
        var line = LineBuilder(memory)
        write(&line)
        return String(decoding: line.bytes, as: UTF8.self)
    }
}
