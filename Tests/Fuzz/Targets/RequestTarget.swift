internal import HTTP

/// Request heads: cutting the bytes anywhere changes nothing, and a head that is written again
/// reads as the same request.
enum RequestTarget {
    static let target = FuzzTarget("request", bytesMax: 1024) { bytes throws(Finding) in
        var head = RequestHead()
        let whole = Reading(&head, bytes)
        try checkCuts(bytes, whole)
        // What is written is HTTP/1.1, which must have a host.
        guard case .complete = whole, head.version == .http11 else { return }
        let written = try rewritten(head, bytes)
        var other = RequestHead()
        guard case .complete(let end) = Reading(&other, written), end == written.count else {
            throw Finding("what is written is refused: \(written.text)")
        }
        try Finding.unless(
            describe(head, bytes) == describe(other, written), "reads as another request")
    }

    private enum Reading: Equatable {
        case more
        case complete(Int)
        case refused

        init(_ head: inout RequestHead, _ bytes: [UInt8], scanned: Int = 0) {
            self = bytes.withUnsafeBytes { raw in
                do throws(HeadError) {
                    let end = try head.parse(raw, scanned: scanned)
                    return end.map(Reading.complete) ?? .more
                } catch {
                    return .refused
                }
            }
        }
    }

    /// A shorter piece asks for more until the end is there, or is refused if the whole is.
    private static func checkCuts(_ bytes: [UInt8], _ whole: Reading) throws(Finding) {
        var head = RequestHead()
        var scanned = 0
        for cut in 0...bytes.count {
            let part = Reading(&head, Array(bytes[..<cut]), scanned: scanned)
            scanned = cut
            switch (part, whole) {
            case (.more, .complete(let end)):
                try Finding.unless(cut < end, "the end at \(end) is not seen at \(cut)")
            case (.complete(let end), _):
                try Finding.unless(
                    part == whole && cut >= end, "complete at \(cut), but not as a whole")
                return
            case (.refused, _):
                try Finding.unless(whole == .refused, "refused at \(cut), but not as a whole")
                return
            case (.more, .more), (.more, .refused):
                // A head that goes on is not looked at again before it can be complete.
                continue
            }
        }
    }

    private static func rewritten(
        _ head: borrowing RequestHead, _ bytes: [UInt8]
    ) throws(Finding) -> [UInt8] {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 8192, alignment: 8)
        defer { memory.deallocate() }
        let result = bytes.withUnsafeBytes { raw in
            var writer = HeadWriter(memory)
            let path = head.path.slice(of: raw)
            let slash = [UInt8(ascii: "/")]
            slash.withUnsafeBytes { root in
                writer.requestLine(of: head, in: raw, path: path.isEmpty ? root : path)
            }
            for index in 0..<head.fields.count {
                let field = head.fields[index]
                writer.field(field.nameRange.slice(of: raw), field.valueRange.slice(of: raw))
            }
            writer.endHead()
            return writer.result
        }
        guard case .written(let count) = result else {
            throw Finding("it cannot be written: \(result)")
        }
        return Array(memory[..<count])
    }

    private static func describe(_ head: borrowing RequestHead, _ bytes: [UInt8]) -> [String] {
        bytes.withUnsafeBytes { raw in
            func text(_ range: ByteRange) -> String {
                String(decoding: range.slice(of: raw), as: UTF8.self)
            }
            var lines = [
                "\(head.method) \(text(head.methodRange))", "\(head.framing)",
                head.path.isEmpty ? "/" : text(head.path), head.query.map(text) ?? "none",
            ]
            for index in 0..<head.fields.count {
                let field = head.fields[index]
                lines.append("\(field.name) \(text(field.nameRange)): \(text(field.valueRange))")
            }
            return lines
        }
    }
}
