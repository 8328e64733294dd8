import Testing

/// The tests of the tests: what judges the vectors must see what is wrong.
struct JudgeTests {
    @Test(arguments: [
        "GET / HTTP/1.1\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: y\u{0}\r\n\r\n", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
    ])
    func `the strict reader takes nothing loose`(text: String) {
        #expect(throws: StrictReader.Malformed.self) {
            try StrictReader.requests(in: text.latin1)
        }
    }

    @Test func `the strict reader finds a smuggled request`() throws {
        let text = """
            POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\
            GET /smuggled HTTP/1.1\r\nHost: b:80\r\n\r\n
            """
        let requests = try StrictReader.requests(in: text.latin1)
        #expect(requests.map(\.target) == ["/", "/smuggled"])
        #expect(requests.map(\.host) == ["a", "b"])
    }

    @Test(arguments: [
        ("/admin", "strict"), ("/admin/x?y", "strict"), ("/%61dmin", "strict"),
        ("/x/../admin", "strict"), ("//admin", "lenient"), ("/x/..;/admin", "lenient"),
        ("/admin;x", "lenient"), ("/%2fadmin", "lenient"), ("/x%5c..%5cadmin", "lenient"),
        ("/admin%00", "lenient"), ("/x/%252e%252e/admin", "exotic"), ("/admin.", "exotic"),
        ("/x/%c0%ae%c0%ae/admin", "exotic"), ("/administrator", nil), ("/x/admin", nil),
    ])
    func `some reader reaches every forbidden place`(target: String, reader: String?) {
        #expect(PathReadings(target).reach("/admin") == reader)
    }

    @Test(.enabled(if: Vector.areAvailable))
    func `the hostile paths are hostile`() throws {
        let vectors = try Vector.all(kind: "h1-request").filter { $0.forbiddenPathPrefix != nil }
        let reached = vectors.filter { vector in
            let target = vector.raw.text.split(separator: " ").dropFirst().first ?? ""
            let path = String(target).replacing("http://vector.test", with: "")
            return PathReadings(path).reach("/admin") != nil
        }
        #expect(vectors.count > 60)
        #expect(reached.count > 50)
    }

    @Test(arguments: [
        "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 200 OK\nA: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\u{0}\r\n\r\n", "HTTP/1.1 200 OK\r\n A: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc0\r\n\r\n",
    ])
    func `the strict response reader takes nothing loose`(text: String) {
        #expect(throws: StrictResponseReader.Malformed.self) {
            try StrictResponseReader.responses(
                in: text.latin1, method: "GET", isClosed: true)
        }
    }
}
