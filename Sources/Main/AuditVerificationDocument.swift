internal import Audit
internal import Bytes

/// What looking through an audit log has shown, for programs.
enum AuditVerificationDocument {
    static func json(_ result: AuditVerification) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("intact")
        writer.boolean(result.isIntact)
        number("files", result.files, &writer)
        number("lines", result.lines, &writer)
        number("first", result.first, &writer)
        writer.key("last")
        writer.beginObject()
        number("seq", result.last.sequence, &writer)
        writer.key("hash")
        writer.string(result.last.hashText)
        writer.endObject()
        number("torn_bytes", result.tornBytes, &writer)
        writer.key("recoveries")
        writer.beginArray()
        for sequence in result.recoveries { writer.integer(Int64(clamping: sequence)) }
        writer.endArray()
        number("findings_count", result.findingsCount, &writer)
        writer.key("findings")
        writer.beginArray()
        for finding in result.findings { write(finding, to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    private static func write(_ finding: AuditFinding, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("file")
        writer.string(finding.file)
        number("line", finding.line, &writer)
        number("seq", finding.sequence, &writer)
        writer.key("code")
        writer.string(finding.code)
        writer.key("text")
        writer.string(finding.text)
        writer.endObject()
    }

    private static func number(
        _ name: StaticString, _ value: some BinaryInteger, _ writer: inout JSONWriter
    ) {
        writer.key(name)
        writer.integer(Int64(clamping: value))
    }
}
