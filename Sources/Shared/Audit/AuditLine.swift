internal import Bytes

/// A record as a line of the log: its members in a fixed order, those without a value left out.
public enum AuditLine {
    public static let textBytesMax = 512
    public static let pathBytesMax = 4096
    public static let causesMax = 16
    /// A line with every text at its longest, and every byte of it escaped, is shorter.
    static let bytesMax = 256 << 10

    /// The object without its end, which `AuditChain.seal` gives it.
    static func body(
        _ record: AuditRecord, sequence: UInt64, wallNanoseconds: UInt64
    ) -> [UInt8] {
        var writer = JSONWriter(capacity: 768)
        writer.beginObject()
        writer.key("seq")
        writer.integer(Int64(clamping: sequence))
        text("time", time(wallNanoseconds), &writer)
        text("kind", record.kind.rawValue, &writer)
        text("event", record.event.rawValue, &writer)
        text("decision", record.decision?.rawValue ?? "", &writer)
        text("code", record.code, &writer)
        text("request_id", record.requestID, &writer)
        text("execution_id", record.executionID, &writer)
        text("key_id", record.keyID, &writer)
        text("sandbox_id", record.sandboxID, &writer)
        text("capability", record.capability, &writer)
        text("params_sha256", record.parametersDigest, &writer)
        text("service", record.service, &writer)
        text("method", record.method, &writer)
        text("path", record.path, bytesMax: pathBytesMax, &writer)
        number("status", record.status.map(Int64.init), &writer)
        number("exit_code", record.exitCode.map(Int64.init), &writer)
        number("bytes_sent", record.bytesSent.map { Int64(clamping: $0) }, &writer)
        number("bytes_received", record.bytesReceived.map { Int64(clamping: $0) }, &writer)
        duration(record.durationNanoseconds, &writer)
        texts("executions", record.executions, &writer)
        texts("requests", record.requests, &writer)
        text("detail", record.detail, &writer)
        return writer.bytes
    }

    /// RFC 3339, in UTC, with microseconds.
    static func time(_ wallNanoseconds: UInt64) -> String {
        let seconds = RFC3339.text(fromSeconds: Int64(wallNanoseconds / 1_000_000_000))
        return seconds.dropLast() + ".\(digits(wallNanoseconds / 1000 % 1_000_000, 6))Z"
    }

    // MARK: members

    private static func text(
        _ name: StaticString, _ value: String, bytesMax: Int = textBytesMax,
        _ writer: inout JSONWriter
    ) {
        guard !value.isEmpty else { return }
        writer.key(name)
        writer.string(cut(value, bytesMax))
    }

    private static func texts(
        _ name: StaticString, _ values: [String], _ writer: inout JSONWriter
    ) {
        guard !values.isEmpty else { return }
        writer.key(name)
        writer.beginArray()
        for value in values.prefix(causesMax) { writer.string(cut(value, textBytesMax)) }
        writer.endArray()
    }

    private static func number(_ name: StaticString, _ value: Int64?, _ writer: inout JSONWriter) {
        guard let value else { return }
        writer.key(name)
        writer.integer(value)
    }

    /// Milliseconds with three places, as the access logs have them.
    private static func duration(_ nanoseconds: UInt64?, _ writer: inout JSONWriter) {
        guard let nanoseconds else { return }
        writer.key("duration_ms")
        let text = "\(nanoseconds / 1_000_000).\(digits(nanoseconds / 1000 % 1000, 3))"
        Array(text.utf8).withUnsafeBytes { writer.raw($0) }
    }

    private static func digits(_ number: UInt64, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }

    /// Cut between characters of Unicode.
    private static func cut(_ text: String, _ bytesMax: Int) -> String {
        guard text.utf8.count > bytesMax else { return text }
        let end = text.utf8.index(text.utf8.startIndex, offsetBy: bytesMax)
        return String(text.unicodeScalars[..<end.aligned(to: text)])
    }
}

extension String.Index {
    /// This place, or the last one before it where a scalar begins.
    fileprivate func aligned(to text: String) -> String.Index {
        var index = self
        while index > text.startIndex, index.samePosition(in: text.unicodeScalars) == nil {
            index = text.utf8.index(before: index)
        }
        return index
    }
}
