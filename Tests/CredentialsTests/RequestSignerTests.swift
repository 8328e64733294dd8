import Bytes
@testable import Credentials
import Testing

/// The examples of AWS's documentation for S3, and those of its Signature Version 4 test suite.
struct RequestSignerTests {
    struct Example: Sendable {
        var name: String
        var method = "GET"
        var path = "/"
        var query = ""
        var host = "example.amazonaws.com"
        var fields: [(String, String)] = []
        var content: String? = ""
        var isS3 = false
        var token: String?
        var signature: String
    }

    private static func sign(
        _ example: Example, at time: String? = nil
    ) throws -> (lines: String, outcome: RequestSigner.Outcome) {
        let moment = time ?? (example.isS3 ? "2013-05-24T00:00:00Z" : "2015-08-30T12:36:00Z")
        let parsed = RFC3339.seconds(from: Array(moment.utf8).span)
        let seconds = try #require(parsed)
        let id = example.isS3 ? "AKIAIOSFODNN7EXAMPLE" : "AKIDEXAMPLE"
        let key = "wJalrXUtnFEMI/K7MDENG" + (example.isS3 ? "/" : "+") + "bPxRfiCYEXAMPLEKEY"
        let aws = AWSSignatureDefinition(
            accessKeyID: .literal(id), secretAccessKey: .literal(key), region: "us-east-1",
            service: example.isS3 ? "s3" : "service")
        let keys = try SigningKeys(
            aws, accessKeyID: Secret(id), secretAccessKey: Secret(key),
            sessionToken: example.token.map { try Secret($0) }, wallSeconds: seconds)
        let texts = [example.method, example.path, example.query, example.host].map {
            Array($0.utf8)
        }
        let content = example.content.map { Array($0.utf8) }
        let fields = example.fields.map { (Array($0.0.utf8), Array($0.1.utf8)) }
        func bytes(_ array: [UInt8]) -> UnsafeRawBufferPointer {
            array.withUnsafeBytes { $0 }
        }
        return withExtendedLifetime((texts, content, fields, keys)) {
            var signer = RequestSigner(
                keys,
                SignedRequest(
                    method: bytes(texts[0]), path: bytes(texts[1]), query: bytes(texts[2]),
                    host: bytes(texts[3]), content: content.map(bytes), wallSeconds: seconds))
            for (name, value) in fields { signer.add(bytes(name), bytes(value)) }
            var outcome = RequestSigner.Outcome.needsContent
            let lines = written { outcome = signer.writeFields(to: &$0) }
            return (lines, outcome)
        }
    }

    private static let s3Host = "examplebucket.s3.amazonaws.com"

    static let examples: [Example] = [
        Example(
            name: "GET bucket lifecycle", query: "lifecycle", host: s3Host, isS3: true,
            signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        Example(
            name: "list objects", query: "max-keys=2&prefix=J", host: s3Host, isS3: true,
            signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
        Example(
            name: "get-vanilla",
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        Example(
            name: "get-vanilla-query-order-key-case", query: "Param2=value2&Param1=value1",
            signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
        Example(
            name: "post-vanilla", method: "POST",
            signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        Example(
            name: "get-utf8", path: "/ሴ",
            signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
        Example(
            name: "post-x-www-form-urlencoded", method: "POST",
            fields: [("Content-Type", "application/x-www-form-urlencoded")],
            content: "Param1=value1",
            signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
    ]

    @Test(arguments: examples)
    func `a published example gets its published signature`(example: Example) throws {
        let (lines, outcome) = try Self.sign(example)
        #expect(outcome == .written)
        #expect(lines.contains("Signature=\(example.signature)\r\n"), "\(example.name): \(lines)")
    }

    @Test func `the lines are complete`() throws {
        let (lines, _) = try Self.sign(Self.examples[2])
        #expect(
            lines == """
                x-amz-date: 20150830T123600Z\r
                authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service\
                /aws4_request, SignedHeaders=host;x-amz-date, \
                Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31\r

                """)
    }

    @Test func `what stands for the content follows what the client says`() throws {
        let digest = String(repeating: "ab", count: 32)
        let cases: [(said: String?, content: String?, isS3: Bool, expected: String?)] = [
            (nil, "", true, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (nil, nil, true, "UNSIGNED-PAYLOAD"), (nil, nil, false, nil),
            (digest, nil, true, digest), (digest, nil, false, digest),
            ("UNSIGNED-PAYLOAD", nil, true, "UNSIGNED-PAYLOAD"),
            ("STREAMING-UNSIGNED-PAYLOAD-TRAILER", nil, true, "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
        ]
        for (said, content, isS3, expected) in cases {
            let fields = said.map { [("X-Amz-Content-SHA256", $0)] } ?? []
            let (lines, outcome) = try Self.sign(
                Example(
                    name: "", method: "PUT", fields: fields, content: content, isS3: isS3,
                    signature: ""))
            guard let expected else {
                #expect(outcome == .needsContent)
                #expect(lines.isEmpty)
                continue
            }
            #expect(outcome == .written)
            #expect(lines.contains("x-amz-content-sha256: \(expected)\r\n"))
        }
    }

    @Test(arguments: [
        ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", RequestSigner.Refusal.signedChunks),
        ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", .signedChunks),
        ("abc", .badContentDigest), ("", .badContentDigest),
    ])
    func `content that cannot be vouched for is refused`(
        said: String, refusal: RequestSigner.Refusal
    ) throws {
        let (lines, outcome) = try Self.sign(
            Example(
                name: "", fields: [("x-amz-content-sha256", said)], isS3: true, signature: ""))
        #expect(outcome == .refused(refusal))
        #expect(lines.isEmpty)
    }

    @Test func `the client's x-amz fields are signed, its date and token are not`() throws {
        let (lines, outcome) = try Self.sign(
            Example(
                name: "",
                fields: [
                    ("X-Amz-Meta-B", "2"), ("x-amz-meta-a", "1"), ("x-amz-meta-a", "  1   2 "),
                    ("X-Amz-Date", "20000101T000000Z"), ("x-amz-security-token", "theirs"),
                    ("user-agent", "x"), ("content-md5", "abc="),
                ],
                isS3: true, token: "session-token-1", signature: ""))
        #expect(outcome == .written)
        #expect(
            lines.contains(
                "SignedHeaders=content-md5;host;x-amz-content-sha256;x-amz-date;x-amz-meta-a;"
                    + "x-amz-meta-b;x-amz-security-token,"))
        #expect(lines.contains("x-amz-security-token: session-token-1\r\n"))
        #expect(!lines.contains("theirs") && !lines.contains("20000101"))
    }

    @Test func `limits are kept`() throws {
        let fields = (0..<RequestSigner.fieldsMax).map { ("x-amz-meta-\($0)", "1") }
        #expect(
            try Self.sign(Example(name: "", fields: fields, signature: "")).outcome
                == .refused(.tooManyFields))
        let most = (0..<CanonicalRequest.parametersMax).map { "a\($0)=1" }
        let query = most.joined(separator: "&")
        #expect(try Self.sign(Example(name: "", query: query, signature: "")).outcome == .written)
        #expect(
            try Self.sign(Example(name: "", query: query + "&b=1", signature: "")).outcome
                == .refused(.tooManyParameters))
    }

    @Test func `keys derived ahead and on the spot sign alike`() throws {
        let aws = AWSSignatureDefinition(
            accessKeyID: .literal("AKID"), secretAccessKey: .literal("key"), region: "r",
            service: "s")
        let day: Int64 = 86_400
        let moments = [-2, -1, 0, 1, 2].map { 20_000 * day + $0 * day + 5 }
        for moment in moments {
            let codes = try moments.map { made -> [UInt8] in
                let keys = try SigningKeys(
                    aws, accessKeyID: Secret("AKID"), secretAccessKey: Secret("key"),
                    sessionToken: nil, wallSeconds: made)
                var code = [UInt8](repeating: 0, count: 32)
                withText("text") { text in
                    keys.sign(text, SignatureDate(wallSeconds: moment), to: &code)
                }
                return code
            }
            #expect(Set(codes).count == 1)
        }
    }
}
