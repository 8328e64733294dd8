internal import CSandbox

/// Takes apart what `CSandboxQuery.h` describes; nil where the bytes are something else.
struct QueryAnswerReader {
    private let bytes: [UInt8]
    private var at = 0

    private static let columnsMax = 2000

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func byte() -> UInt8? {
        guard at < bytes.count else { return nil }
        defer { at += 1 }
        return bytes[at]
    }

    mutating func columns() -> [String]? {
        guard let count = value(of: UInt32.self), count <= Self.columnsMax else { return nil }
        var names: [String] = []
        for _ in 0..<count {
            guard let name = piece() else { return nil }
            names.append(String(decoding: name, as: UTF8.self))
        }
        return names
    }

    mutating func row(of count: Int) -> [SandboxQuery.Value]? {
        var row: [SandboxQuery.Value] = []
        row.reserveCapacity(count)
        for _ in 0..<count {
            guard let value = value() else { return nil }
            row.append(value)
        }
        return row
    }

    mutating func end() -> (code: Int32, isTruncated: Bool, timedOut: Bool, message: String)? {
        guard let end = value(of: csandbox_query_end.self), let message = piece() else {
            return nil
        }
        return (
            end.code, end.is_truncated != 0, end.timed_out != 0,
            String(decoding: message, as: UTF8.self)
        )
    }

    private mutating func value() -> SandboxQuery.Value? {
        switch byte().map({ csandbox_value(rawValue: UInt32($0)) }) {
        case CSANDBOX_NULL: .null
        case CSANDBOX_INTEGER: value(of: Int64.self).map { .integer($0) }
        case CSANDBOX_REAL: value(of: UInt64.self).map { .real(Double(bitPattern: $0)) }
        case CSANDBOX_TEXT: piece().map { .text(Array($0)) }
        case CSANDBOX_BLOB: piece().map { .blob(Array($0)) }
        default: nil
        }
    }

    private mutating func piece() -> ArraySlice<UInt8>? {
        guard let count = value(of: UInt32.self), Int(count) <= bytes.count - at else {
            return nil
        }
        defer { at += Int(count) }
        return bytes[at..<(at + Int(count))]
    }

    private mutating func value<Value: BitwiseCopyable>(of type: Value.Type) -> Value? {
        let size = MemoryLayout<Value>.size
        guard size <= bytes.count - at else { return nil }
        defer { at += size }
        return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: at, as: type) }
    }
}
