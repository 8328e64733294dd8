import HTTP
import Testing

struct HeadWriterTests {
    private func field(_ name: String, _ value: String) -> HeadWriter.Result {
        name.latin1.withUnsafeBytes { name in
            value.latin1.withUnsafeBytes { value in
                written { $0.field(name, value) }.0
            }
        }
    }

    @Test(arguments: [
        ("X-A", "b\r\nX-Injected: c"), ("X-A", "b\n"), ("X-A", "b\u{0}"), ("X-A", "\u{7F}"),
        ("X A", "b"), ("", "b"), ("X:", "b"), ("X-\u{E9}", "b"), ("X\r\n", "b"),
    ])
    func `what could split a message is refused`(name: String, value: String) {
        #expect(field(name, value) == .refused)
    }

    @Test(arguments: [("X-A", "", 7), ("x-a", "b\tc", 10), ("X", "\u{E9}", 6)])
    func `what is legal is written`(name: String, value: String, count: Int) {
        #expect(field(name, value) == .written(count))
    }

    @Test func `a path or query that could split the line is refused`() {
        let get = Array("GET".utf8)
        for (path, query) in [("/ HTTP/1.1\r\nA: b", "q"), ("/", "q c"), ("/", "q#"), ("", "q")] {
            let (result, _) = written { writer in
                get.withUnsafeBytes { get in
                    path.latin1.withUnsafeBytes { path in
                        query.latin1.withUnsafeBytes {
                            writer.requestLine(method: get, path: path, query: $0)
                        }
                    }
                }
            }
            #expect(result == .refused, "\(path) \(query)")
        }
    }

    @Test func `a head that does not fit says how much is missing`() {
        let (whole, text) = written { Self.writeSample(&$0) }
        #expect(whole == .written(text.utf8.count))
        for size in 0..<text.utf8.count {
            let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
            defer { memory.deallocate() }
            var writer = HeadWriter(memory)
            Self.writeSample(&writer)
            guard case .needs(let more) = writer.result else {
                Issue.record("\(size) bytes are not enough")
                continue
            }
            #expect(size + more >= text.utf8.count)
        }
    }

    private static func writeSample(_ writer: inout HeadWriter) {
        writer.statusLine(429)
        writer.field("Retry-After", 1_234_567_890)
        writer.framing(.contentLength(UInt64.max))
        writer.connectionClose()
        writer.endHead()
    }

    @Test(arguments: [
        (Method.post, BodyFraming.none, "Content-Length: 0\r\n"), (.get, .none, ""),
        (.get, .contentLength(3), "Content-Length: 3\r\n"),
        (.put, .chunked, "Transfer-Encoding: chunked\r\n"),
    ])
    func `a request says how long it is`(method: Method, framing: BodyFraming, text: String) {
        #expect(written { $0.requestFraming(framing, method: method) }.1 == text)
    }

    @Test(arguments: [
        (false, HTTPVersion.http11, true, "Content-Length: 2\r\n\r\nok"),
        (true, .http11, true, "Content-Length: 2\r\n\r\n"),
        (false, .http10, true, "Connection: keep-alive\r\n"),
        (false, .http11, false, "Connection: close\r\n"),
    ])
    func `an answer of our own fits the client`(
        isHead: Bool, version: HTTPVersion, isPersistent: Bool, part: String
    ) {
        let client = ClientView(isHead: isHead, version: version, isPersistent: isPersistent)
        let (_, text) = written { writer in
            Array("ok".utf8).withUnsafeBytes { content in
                Array("Thu, 01 Jan 1970 00:00:00 GMT".utf8).withUnsafeBytes { date in
                    writer.response(
                        200, contentType: "text/plain", content: content, to: client, date: date)
                }
            }
        }
        #expect(text.hasPrefix("HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"))
        #expect(text.contains(part))
        #expect(text.hasSuffix("\r\n\r\n") == isHead)
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
        (-1, "Thu, 01 Jan 1970 00:00:00 GMT"), (.max, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ])
    func `a date is an IMF fixdate`(seconds: Int64, text: String) {
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: HTTPDate.byteCount, alignment: 1)
        defer { memory.deallocate() }
        HTTPDate.write(unixSeconds: seconds, to: memory)
        #expect(UnsafeRawBufferPointer(memory).text == text)
    }

    @Test func `every status the proxy answers with has a phrase`() {
        let statuses = [
            400, 401, 403, 404, 405, 408, 411, 413, 414, 417, 421, 426, 429, 431, 500, 501, 502,
            503, 504, 505,
        ]
        for status in statuses { #expect(StatusPhrase.of(status).utf8CodeUnitCount > 0) }
        #expect(StatusPhrase.of(299).utf8CodeUnitCount == 0)
    }
}
