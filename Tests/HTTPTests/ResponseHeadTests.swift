import HTTP
import Testing

struct ResponseHeadTests {
    private func parse(
        _ text: String, to method: Method = .get, upgrade: Bool = false,
        _ check: (borrowing ResponseHead) -> Void = { _ in }
    ) throws -> Int? {
        var head = ResponseHead()
        return try text.latin1.withUnsafeBytes { bytes in
            let end = try head.parse(bytes, answering: .init(method: method, upgrade: upgrade))
            if end != nil { check(head) }
            return end
        }
    }

    @Test(arguments: [
        ("200 OK", "", Method.get, BodyFraming.untilClose, false),
        ("200 OK", "Content-Length: 5\r\n", .get, .contentLength(5), true),
        ("200 OK", "Content-Length: 5\r\n", .head, .none, true),
        ("200 OK", "Transfer-Encoding: chunked\r\n", .get, .chunked, true),
        ("200 OK", "Transfer-Encoding: chunked\r\n", .head, .none, true),
        ("200 OK", "Content-Length: 0\r\nConnection: close\r\n", .get, .contentLength(0), false),
        ("204 No Content", "", .get, .none, true),
        ("204 No Content", "Content-Length: 4\r\n", .get, .none, false),
        ("204 No Content", "Content-Length: 0\r\n", .get, .none, true),
        ("304 Not Modified", "Content-Length: 4\r\n", .get, .none, true),
        ("100 Continue", "", .post, .none, true),
        ("404 ", "Content-Length: 0\r\n", .get, .contentLength(0), true),
        ("404", "Content-Length: 0\r\n", .get, .contentLength(0), true),
    ])
    func `framing follows from status method and fields`(
        line: String, fields: String, method: Method, framing: BodyFraming, isPersistent: Bool
    ) throws {
        let text = "HTTP/1.1 \(line)\r\n\(fields)\r\n"
        for cut in 0..<text.utf8.count {
            let part = String(text.prefix(cut))
            if part.utf8.count < text.utf8.count {
                #expect(try parse(part, to: method) == nil)
            }
        }
        let end = try parse(text, to: method) { head in
            #expect(head.framing == framing)
            #expect(head.isPersistent == isPersistent)
        }
        #expect(end == text.utf8.count)
    }

    @Test(arguments: [
        ("HTTP/1.1 20 OK\r\n\r\n", HeadError.Reason.statusLineMalformed),
        ("HTTP/1.1 099 X\r\n\r\n", .statusLineMalformed),
        ("HTTP/1.1 600 X\r\n\r\n", .statusLineMalformed),
        ("HTTP/1.1 2000 X\r\n\r\n", .statusLineMalformed),
        ("HTTP/1.1  200 X\r\n\r\n", .statusLineMalformed),
        ("HTTP/1.1 200 a\u{0}\r\n\r\n", .statusLineMalformed),
        ("HTTP/2.0 200 OK\r\n\r\n", .versionUnsupported),
        ("ICY 200 OK\r\n\r\n", .statusLineMalformed),
        ("HTTQ/1.1 200 OK\r\n\r\n", .versionMalformed),
        ("HTTP/1.1 101 Switching Protocols\r\n\r\n", .switchingProtocolsUnasked),
        ("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .transferEncodingInHTTP10),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", .transferEncodingMalformed),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            .contentLengthWithTransferEncoding
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
            .contentLengthRepeated
        ),
    ])
    func `a bad response head is refused`(text: String, reason: HeadError.Reason) {
        let error = #expect(throws: HeadError.self) { try parse(text) }
        #expect(error?.reason == reason)
    }

    @Test func `a switch of protocols must have been asked for`() throws {
        let text = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
        let end = try parse(text, upgrade: true) { head in
            let isInformational = head.isInformational
            #expect(!isInformational)
            #expect(head.status == 101)
        }
        #expect(end == text.utf8.count)
    }

    @Test(arguments: [
        (100, HTTPVersion.http11, true, InformationalResponses.Action.forward),
        (100, .http11, false, .drop), (102, .http11, true, .drop), (103, .http11, false, .forward),
        (103, .http10, true, .drop),
    ])
    func `a client gets the 1xx that it can use`(
        status: Int, version: HTTPVersion, expects: Bool, action: InformationalResponses.Action
    ) {
        var responses = InformationalResponses()
        let got = responses.received(
            status: status, clientVersion: version, clientExpectsContinue: expects)
        #expect(got == action)
    }

    @Test func `a flood of 1xx ends`() {
        var responses = InformationalResponses()
        for _ in 0..<InformationalResponses.countMax {
            let action = responses.received(
                status: 102, clientVersion: .http11, clientExpectsContinue: false)
            #expect(action == .drop)
        }
        let last = responses.received(
            status: 102, clientVersion: .http11, clientExpectsContinue: false)
        #expect(last == .refuse)
    }

    @Test(arguments: [
        (
            "Content-Length: 5\r\n", Method.get, HTTPVersion.http11,
            BodyFraming.contentLength(5), true
        ),
        ("Transfer-Encoding: chunked\r\n", .get, .http11, .chunked, true),
        ("Transfer-Encoding: chunked\r\n", .get, .http10, .untilClose, false),
        ("", .get, .http11, .chunked, true), ("", .get, .http10, .untilClose, false),
        ("Content-Length: 5\r\n", .head, .http11, .none, true),
    ])
    func `a response is framed for its client`(
        fields: String, method: Method, version: HTTPVersion, framing: BodyFraming,
        isPersistent: Bool
    ) throws {
        let end = try parse("HTTP/1.1 200 OK\r\n\(fields)\r\n", to: method) { head in
            let plan = DownstreamFraming(of: head, clientVersion: version, isPersistent: true)
            #expect(plan.framing == framing)
            #expect(plan.isPersistent == isPersistent)
            #expect(plan.declaredLength == (method == .head ? 5 : nil))
        }
        #expect(end != nil)
    }
}
