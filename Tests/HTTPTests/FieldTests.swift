import HTTP
import Testing

struct FieldTests {
    /// The field lines of a request that pass `filter`.
    private func copied(_ fields: String, _ filter: FieldFilter) throws -> String {
        let raw = "GET / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n".latin1
        var head = RequestHead()
        return try raw.withUnsafeBytes { bytes in
            let length = try head.parse(bytes)
            #expect(length == bytes.count)
            return written { $0.copyFields(head.fields, of: bytes, except: filter) }.1
        }
    }

    @Test func `every known name is found in any case and only so`() throws {
        for name in FieldName.allCases where name != .other {
            let spelling = name.rawValue
            for text in [spelling, spelling.uppercased(), spelling.capitalized] {
                // A connection option or framing would mean something: only the table is asked.
                var table = FieldTable(capacity: 4)
                let raw = "\(text): 1\r\n\r\n".latin1
                try raw.withUnsafeBytes {
                    try table.parseTrailers($0, in: ByteRange(offset: 0, length: $0.count))
                }
                #expect(table[0].name == name)
                #expect(table.first(name)?.valueRange.count == 1)
            }
            for text in [spelling + "x", "x" + spelling, String(spelling.dropLast())] {
                var table = FieldTable(capacity: 4)
                let raw = "\(text): 1\r\n\r\n".latin1
                try raw.withUnsafeBytes {
                    try table.parseTrailers($0, in: ByteRange(offset: 0, length: $0.count))
                }
                #expect(table[0].name != name)
            }
        }
    }

    @Test func `a set holds what was put in`() {
        for name in FieldName.allCases {
            var set = FieldNameSet()
            #expect(set.isEmpty)
            set.insert(name)
            for other in FieldName.allCases { #expect(set.contains(other) == (other == name)) }
            set.remove(name)
            #expect(set == FieldNameSet())
        }
    }

    @Test(arguments: [
        ("Accept: a\r\nX-Unknown: b\r\n", "Accept: a\r\nX-Unknown: b\r\n"),
        ("Connection: X-Hop\r\nX-Hop: 1\r\nA: b\r\n", "A: b\r\n"),
        ("Keep-Alive: 1\r\nTE: trailers\r\nUpgrade: h2c\r\nTrailer: x\r\n", ""),
        ("Proxy-Authorization: x\r\nProxy-Connection: y\r\n", ""),
        ("Content-Length: 0\r\nA: b\r\n", "A: b\r\n"),
        ("X-Sandbox-ID: s\r\nX-SANDBOX-Anything: s\r\nA: b\r\n", "A: b\r\n"),
        ("X_Sandbox_ID: s\r\nx-sandbox_new: s\r\nsession_id: b\r\n", "session_id: b\r\n"),
        ("X_API_Key: s\r\nContent_Length: 3\r\n", ""),
        ("X-Secret: s\r\nx_secret: s\r\nX-Secrets: b\r\n", "X-Secrets: b\r\n"),
        ("Cookie: a\r\nAuthorization: b\r\n", "Cookie: a\r\n"),
        ("A:b\r\nC:  d \r\nE:\r\nF: g\r\n", "A: b\r\nC: d\r\nE: \r\nF: g\r\n"),
        ("Connection: content-length, host, a\r\nA: b\r\nC: d\r\n", "C: d\r\n"),
    ])
    func `a filter lets end-to-end fields through`(fields: String, expected: String) throws {
        let filter = FieldFilter(
            names: [.authorization, .cookie], spelled: ["X-Secret"], prefixes: ["X-Sandbox-"],
            keeping: [.cookie])
        #expect(try copied(fields, filter) == expected)
    }

    @Test(arguments: [
        ("x-sandbox-new", true), ("X_Sandbox_New", true), ("content-length", true),
        ("x-other", false), ("accept", false), ("transfer_encoding", true),
    ])
    func `a filter judges a bare name`(name: String, isDropped: Bool) {
        let filter = FieldFilter(prefixes: ["x-sandbox-"])
        name.latin1.withUnsafeBytes { #expect(filter.drops(name: $0) == isDropped) }
    }

    @Test func `framing cannot be kept`() throws {
        let filter = FieldFilter(keeping: [.contentLength, .host, .te])
        #expect(try copied("Content-Length: 0\r\nTE: trailers\r\n", filter) == "TE: trailers\r\n")
    }

    @Test func `trailers are read like fields`() throws {
        var decoder = try BodyDecoder(.chunked)
        var trailers = FieldTable(capacity: 4)
        let raw = "0\r\nX-Sum: 1\r\nContent-Length: 5\r\nAuthorization: x\r\n\r\n".latin1
        var position = 0
        let text = try raw.withUnsafeBytes { bytes -> String in
            guard case .trailers(let section) = try decoder.next(bytes, at: &position) else {
                return "no trailers"
            }
            try trailers.parseTrailers(bytes, in: section)
            let filter = FieldFilter(names: .forbiddenInTrailers)
            return written { $0.copyFields(trailers, of: bytes, except: filter) }.1
        }
        #expect(text == "X-Sum: 1\r\n")
        #expect(decoder.isAtEnd)
    }
}
