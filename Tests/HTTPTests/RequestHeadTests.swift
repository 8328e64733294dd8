import HTTP
import Testing

struct RequestHeadTests {
    /// Parses in memory that holds the head and no byte more.
    private func parse(
        _ text: String, fieldsMax: Int = 100, limits: HeadLimits = HeadLimits(),
        _ check: (borrowing RequestHead, UnsafeRawBufferPointer) -> Void = { _, _ in }
    ) throws -> Int? {
        var head = RequestHead(fieldsMax: fieldsMax)
        return try text.latin1.withUnsafeBytes { bytes in
            let end = try head.parse(bytes, limits: limits)
            if end != nil { check(head, bytes) }
            return end
        }
    }

    @Test(arguments: [
        ("GET /a/b?c=d&e HTTP/1.1\r\nHost: h:81\r\n\r\n", "/a/b", "c=d&e", "h", "h:81"),
        ("GET / HTTP/1.1\r\nHost: h\r\n\r\n", "/", nil, "h", "h"),
        ("GET /? HTTP/1.1\r\nHost: h\r\n\r\n", "/", "", "h", "h"),
        ("\r\nGET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", "/", nil, "[::1]", "[::1]:8080"),
        ("GET http://x:9/p?q HTTP/1.1\r\nHost: h\r\n\r\n", "/p", "q", "x", "x:9"),
        ("GET HTTPS://x HTTP/1.1\r\nHost: h\r\n\r\n", "", nil, "x", "x"),
        ("GET http://x?q/r HTTP/1.1\r\nHost: h\r\n\r\n", "", "q/r", "x", "x"),
        ("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "*", nil, "h", "h"),
        ("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n", "", nil, "h", "h:443"),
        ("GET /x HTTP/1.0\r\n\r\n", "/x", nil, "", ""),
    ])
    func `a request line says where to`(
        text: String, path: String, query: String?, host: String, authority: String
    ) throws {
        let end = try parse(text) { head, bytes in
            #expect(head.path.slice(of: bytes).text == path)
            #expect(head.query?.slice(of: bytes).text == query)
            #expect(head.authority.host.slice(of: bytes).text == host)
            #expect(head.authority.range.slice(of: bytes).text == authority)
        }
        #expect(end == text.utf8.count)
    }

    @Test(arguments: [
        ("", BodyFraming.none),
        ("Content-Length: 0\r\n", .contentLength(0)),
        ("content-length:\t42 \r\n", .contentLength(42)),
        ("Content-Length: 9223372036854775807\r\n", .contentLength(1 << 63 - 1)),
        ("Transfer-Encoding: Chunked\r\n", .chunked),
    ])
    func `framing follows from the fields`(fields: String, framing: BodyFraming) throws {
        let end = try parse("POST / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n") { head, _ in
            #expect(head.framing == framing)
        }
        #expect(end != nil)
    }

    @Test(arguments: [
        ("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: close\r\n", false),
        ("HTTP/1.1", "Connection: x, CLOSE\r\n", false),
        ("HTTP/1.1", "Connection: keep-alive\r\nConnection: close\r\n", false),
        ("HTTP/1.0", "", false), ("HTTP/1.0", "Connection: Keep-Alive\r\n", true),
        ("HTTP/1.9", "", true),
    ])
    func `a connection persists as its version and options say`(
        version: String, fields: String, isPersistent: Bool
    ) throws {
        let end = try parse("GET / \(version)\r\nHost: h\r\n\(fields)\r\n") { head, _ in
            #expect(head.isPersistent == isPersistent)
        }
        #expect(end != nil)
    }

    @Test(arguments: [
        ("Connection: Upgrade\r\nUpgrade: WebSocket\r\n", UpgradeRequest.webSocket),
        ("Connection: upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n", .other),
        ("Connection: upgrade\r\nUpgrade: websocket, x\r\n", .other),
        ("Upgrade: websocket\r\n", UpgradeRequest.none),
        ("Connection: upgrade\r\n", UpgradeRequest.none),
    ])
    func `an upgrade needs both fields`(fields: String, upgrade: UpgradeRequest) throws {
        let end = try parse("GET / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n") { head, _ in
            #expect(head.upgrade == upgrade)
        }
        #expect(end != nil)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", HeadError.Reason.hostMissing, 400),
        ("GET / HTTP/2.0\r\nHost: h\r\n\r\n", .versionUnsupported, 505),
        ("GET / HTTP/1\r\nHost: h\r\n\r\n", .versionMalformed, 400),
        ("GET * HTTP/1.1\r\nHost: h\r\n\r\n", .targetMalformed, 400),
        ("CONNECT /x HTTP/1.1\r\nHost: h\r\n\r\n", .targetMalformed, 400),
        ("GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n", .targetMalformed, 400),
        ("GET http://u@h/ HTTP/1.1\r\nHost: h\r\n\r\n", .targetMalformed, 400),
        ("GET / HTTP/1.1\nHost: h\r\n\r\n", .bareLineFeed, 400),
        ("GET / HTTP/1.1\r\nHost: h\r\n x\r\n\r\n", .lineFolded, 400),
        ("GET / HTTP/1.1\r\nHost : h\r\n\r\n", .spaceBeforeColon, 400),
        ("GET / HTTP/1.1\r\nHost: h\r\nA: \u{0}\r\n\r\n", .fieldValueMalformed, 400),
        ("GET / HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n", .bareCarriageReturn, 400),
        ("GET / HTTP/1.1\r\nHost: h:65536\r\n\r\n", .hostMalformed, 400),
        ("GET / HTTP/1.1\r\nHost: %2f\r\n\r\n", .hostMalformed, 400),
        ("GET / HTTP/1.1\r\nHost:\r\n\r\n", .hostMalformed, 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", .hostRepeated, 400),
        (
            "GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            .transferCodingUnsupported, 501
        ),
        (
            "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", .transferEncodingInHTTP10,
            400
        ),
        (
            "GET / HTTP/1.1\r\nHost: h\r\nExpect: 200-ok\r\n\r\n", .expectationUnsupported, 417
        ),
        (
            "GET / HTTP/1.1\r\nHost: h\r\nConnection: (\r\n\r\n", .connectionMalformed, 400
        ),
    ])
    func `a bad head is refused`(text: String, reason: HeadError.Reason, status: Int) {
        let error = #expect(throws: HeadError.self) { try parse(text) }
        #expect(error?.reason == reason)
        #expect(error?.status == status)
    }

    @Test func `limits hold at their value and not past it`() throws {
        let limits = HeadLimits(
            headBytesMax: 200, targetBytesMax: 20, methodBytesMax: 4, connectionOptionsMax: 2)
        func status(_ text: String, fieldsMax: Int = 3) -> Int? {
            do {
                return try parse(text, fieldsMax: fieldsMax, limits: limits) == nil ? nil : 200
            } catch {
                return (error as? HeadError)?.status
            }
        }
        let path = "/" + String(repeating: "a", count: 19)
        #expect(status("GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n") == 200)
        #expect(status("GET \(path)a HTTP/1.1\r\nHost: h\r\n\r\n") == 414)
        #expect(status("PUTT / HTTP/1.1\r\nHost: h\r\n\r\n") == 200)
        #expect(status("PUTTT / HTTP/1.1\r\nHost: h\r\n\r\n") == 501)
        #expect(status("GET / HTTP/1.1\r\nHost: h\r\nA: b\r\nC: d\r\n\r\n") == 200)
        #expect(status("GET / HTTP/1.1\r\nHost: h\r\nA: b\r\nC: d\r\nE: f\r\n\r\n") == 431)
        #expect(status("GET / HTTP/1.1\r\nHost: h\r\nConnection: a, b\r\n\r\n") == 200)
        #expect(status("GET / HTTP/1.1\r\nHost: h\r\nConnection: a,b,c\r\n\r\n") == 400)
        let start = "GET / HTTP/1.1\r\nHost: h\r\nA: "
        let fill = 200 - start.utf8.count - 4
        #expect(status(start + String(repeating: "b", count: fill) + "\r\n\r\n") == 200)
        #expect(status(start + String(repeating: "b", count: fill + 1) + "\r\n\r\n") == 431)
        #expect(status(start + String(repeating: "b", count: fill)) == nil)
    }

    @Test func `a head is one head at every cut`() throws {
        let text = """
            POST /a?b HTTP/1.1\r\nHost: example.test:80\r\nX-API-Key: k\r\nAccept: */*\r\n\
            Connection: x-hop\r\nX-Hop: 1\r\nContent-Length: 3\r\n\r\n
            """
        let bytes = text.latin1 + "abcGET".latin1
        let length = text.utf8.count
        for cut in 0..<length {
            var head = RequestHead()
            let first = try bytes[..<cut].withUnsafeBytes { try head.parse($0) }
            #expect(first == nil, "cut \(cut)")
            let second = try bytes.withUnsafeBytes { try head.parse($0, scanned: cut) }
            #expect(second == length, "cut \(cut)")
            #expect(head.fields.count == 6)
            #expect(head.framing == .contentLength(3))
        }
    }

    @Test func `a refused head shows nothing of the one before`() throws {
        var head = RequestHead()
        let good = "POST /a?b HTTP/1.1\r\nHost: h\r\nX-API-Key: k\r\nContent-Length: 3\r\n\r\n"
        let length = try good.latin1.withUnsafeBytes { try head.parse($0) }
        #expect(length == good.utf8.count)
        "\u{1}".latin1.withUnsafeBytes { bytes in
            _ = #expect(throws: HeadError.self) { try head.parse(bytes) }
        }
        #expect(head.method == .other)
        #expect(head.path.isEmpty)
        #expect(head.query == nil)
        #expect(head.authority == .none)
        #expect(head.framing == .none)
        #expect(head.fields.count == 0)
    }

    @Test func `a repeated field is told from one that appears once`() throws {
        let end = try parse(
            "GET / HTTP/1.1\r\nHost: h\r\nX-API-Key: a\r\nx-api-key: b\r\nCookie: c\r\n"
                + "Connection: authorization, Cookie, HOST\r\nAuthorization: d\r\n\r\n"
        ) { head, bytes in
            #expect(head.fields.single(.xAPIKey) == .repeated)
            #expect(head.fields.single(.cookie) == .nominated)
            #expect(head.fields.single(.authorization) == .nominated)
            #expect(head.fields.single(.origin) == .absent)
            guard case .one(let host) = head.fields.single(.host) else {
                Issue.record("Host cannot be nominated away")
                return
            }
            #expect(host.slice(of: bytes).text == "h")
        }
        #expect(end != nil)
    }
}
