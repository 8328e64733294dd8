import HTTP
import Testing

struct PathNormalizerTests {
    private func normalize(
        _ path: String, rules: PathRules = PathRules()
    ) throws -> (forwarded: String, matched: String, isCopied: Bool) {
        var normalizer = PathNormalizer(pathBytesMax: 64)
        return try path.latin1.withUnsafeBytes { bytes in
            let result = try normalizer.normalize(bytes, rules: rules)
            let isCopied = result.forwarded.baseAddress != bytes.baseAddress
            return (result.forwarded.text, result.matched.text, isCopied)
        }
    }

    @Test(arguments: [
        "/", "/a", "/a/", "/a/b.c/d", "/v1/chat/completions", "/a:b@c/d,e=f+g~h", "/a-b_c!$&'()*",
        "*", "/a.b.c",
    ])
    func `a normal path is used as it is`(path: String) throws {
        let result = try normalize(path)
        #expect(result.forwarded == path)
        #expect(result.matched == path)
        #expect(!result.isCopied)
    }

    @Test(arguments: [
        ("", "/"), ("/./a", "/a"), ("/a/.", "/a/"), ("/a/..", "/"), ("/a/../b", "/b"),
        ("/../..", "/"), ("/..", "/"), ("/a/b/../../../c", "/c"), ("//a", "/a"), ("/a//b", "/a/b"),
        ("///", "/"), ("/a//../b", "/b"), ("/%61%2D%2e%5f%7E", "/a-._~"), ("/%2e%2E/a", "/a"),
        ("/%c3%a9", "/%C3%A9"), ("/%f0%9f%98%80", "/%F0%9F%98%80"), ("/%20a", "/%20a"),
        ("/%3f%23%25", "/%3F%23%25"), ("/%25zz", "/%25zz"), ("/%25e9", "/%25e9"),
        ("/a\"<>^`{|}[]", "/a%22%3C%3E%5E%60%7B%7C%7D%5B%5D"), ("/...", "/..."),
        ("/.well-known/x", "/.well-known/x"), ("/a/.b", "/a/.b"),
    ])
    func `a path has one spelling`(path: String, normal: String) throws {
        let result = try normalize(path)
        #expect(result.forwarded == normal)
        let again = try normalize(result.forwarded)
        #expect(again.forwarded == normal)
    }

    @Test(arguments: [
        ("/a;b=c/d", "/a;b=c/d", "/a/d"), ("/a%3Bb", "/a%3Bb", "/a"), ("/a./b", "/a./b", "/a/b"),
        ("/a%20", "/a%20", "/a"), ("/a.%20..", "/a.%20..", "/a"), ("/x;y/../b;c", "/b;c", "/b"),
        ("/a;b/c;d/..", "/a;b/", "/a/"), ("/%20", "/%20", "/%20"),
    ])
    func `policy sees what the most tolerant reader sees`(
        path: String, forwarded: String, matched: String
    ) throws {
        let result = try normalize(path)
        #expect(result.forwarded == forwarded)
        #expect(result.matched == matched)
    }

    @Test(arguments: [
        ("a", PathError.notAbsolute), ("**", .notAbsolute), ("/a\\b", .forbiddenByte(at: 2)),
        ("/a b", .forbiddenByte(at: 2)), ("/a#b", .forbiddenByte(at: 2)),
        ("/a?b", .forbiddenByte(at: 2)), ("/\u{E9}", .forbiddenByte(at: 1)),
        ("/%", .percentMalformed(at: 1)), ("/%a", .percentMalformed(at: 1)),
        ("/%u0061", .percentMalformed(at: 1)), ("/%4/1", .percentMalformed(at: 1)),
        ("/%%34%31", .percentMalformed(at: 1)), ("/%00", .delimiterEncoded(at: 1)),
        ("/%2f", .delimiterEncoded(at: 1)), ("/a%5Cb", .delimiterEncoded(at: 2)),
        ("/%7f", .delimiterEncoded(at: 1)), ("/%252e", .encodedTwice(at: 1)),
        ("/%25%36%31", .encodedTwice(at: 1)), ("/a/%25%32f", .encodedTwice(at: 3)),
        ("/%2561", .encodedTwice(at: 1)), ("/%25252e", .encodedTwice(at: 1)),
        ("/%c0%ae", .textMalformed(at: 1)), ("/%e0%80%ae", .textMalformed(at: 1)),
        ("/%c3", .textMalformed(at: 1)), ("/%ed%a0%80", .textMalformed(at: 1)),
        ("/%ff", .textMalformed(at: 1)), ("/%f4%90%80%80", .textMalformed(at: 1)),
        ("/%ef%bc%8f", .textMalformed(at: 1)), ("/%ef%bc%8e", .textMalformed(at: 1)),
        ("/a/..;/b", .parameterOnDotSegment(at: 3)), ("/.;x", .parameterOnDotSegment(at: 1)),
        ("/;x", .parameterOnDotSegment(at: 1)), ("/..%3bx", .parameterOnDotSegment(at: 1)),
        ("/%2e%2e;x", .parameterOnDotSegment(at: 1)),
    ])
    func `an ambiguous path is refused`(path: String, error: PathError) {
        #expect(throws: error) { try normalize(path) }
    }

    @Test func `a route may pass encoded slashes`() throws {
        let rules = PathRules(allowsEncodedSlash: true)
        #expect(try normalize("/projects/a%2fb", rules: rules).forwarded == "/projects/a%2Fb")
    }

    @Test(arguments: ["/a%2F..%2Fb", "/..%2fb", "/a%2f%2e", "/a%2f..;x%2Fb", "/a%2F%2Fb", "/%2Fa"])
    func `an encoded slash hides no dot segment`(path: String) {
        let rules = PathRules(allowsEncodedSlash: true)
        #expect(throws: PathError.delimiterEncoded(at: 1)) { try normalize(path, rules: rules) }
    }

    @Test func `the length has a limit`() throws {
        let path = "/" + String(repeating: "\"", count: 63)
        #expect(try normalize(path).forwarded.count == 1 + 63 * 3)
        #expect(throws: PathError.tooLong) { try normalize(path + "a") }
    }
}
