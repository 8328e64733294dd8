import Bytes
@testable import Credentials

extension Secret {
    convenience init(_ text: String) throws {
        try self.init(capacity: text.utf8.count) { memory in
            memory.copyBytes(from: text.utf8)
            return text.utf8.count
        }
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
