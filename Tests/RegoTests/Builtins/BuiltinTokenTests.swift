import Foundation
import Testing

@testable import Rego

/// JSON Web Tokens against hostile ones: our own list and Wycheproof's.
@Suite struct BuiltinTokenTests {
    private struct OwnFile: Decodable {
        struct Vector: Decodable {
            let token: String
            let expect: String
            let note: String
        }

        let key: String
        let aud: String
        let iss: String
        let vectors: [Vector]
    }

    private static func file(_ name: String) throws -> Data {
        let folder =
            ProcessInfo.processInfo.environment["SLUICE_VECTORS"] ?? "../shared/vectors/data"
        return try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
    }

    @Test func `our own tokens get the verdicts they should`() throws {
        let file = try JSONDecoder().decode(OwnFile.self, from: Self.file("own-jwt.json"))
        #expect(file.vectors.count == 45)
        let constraints =
            #"{"secret":"\#(file.key)","aud":"\#(file.aud)","iss":"\#(file.iss)","alg":"HS256"}"#
        for vector in file.vectors {
            let tester = BuiltinTester()
            let answer = try? tester.call(
                "io.jwt.decode_verify",
                [tester.string(vector.token), try tester.value(constraints)])
            let isAccepted = answer?.array[0].isTrue ?? false
            switch vector.expect {
            case "valid-no-fetch": #expect(isAccepted, "\(vector.note)")
            case "bounded", "valid-or-invalid", "policy": break
            case "invalid-or-last":
                // Of doubled claims the last counts, or the token is refused.
                #expect(!isAccepted || vector.note.contains("dup"), "\(vector.note)")
            default: #expect(!isAccepted, "\(vector.note)")
            }
        }
    }

    private struct Wycheproof {
        let comment: String
        let token: String
        let isEncrypted: Bool
        let isValid: Bool
        /// The public key, or the secret one where there is none.
        let keys: String
    }

    private static func wycheproof(_ name: String) throws -> [Wycheproof] {
        let file = try JSONSerialization.jsonObject(with: file("tp-wycheproof-\(name).json"))
        let groups = (file as? [String: Any])?["testGroups"] as? [[String: Any]] ?? []
        return try groups.flatMap { group in
            let key = try #require(group["public"] ?? group["private"])
            let keys = try JSONSerialization.data(withJSONObject: key)
            let tests = group["tests"] as? [[String: Any]] ?? []
            return tests.map { test in
                Wycheproof(
                    comment: "\(group["comment"] ?? "") \(test["tcId"] ?? "")",
                    token: (test["jws"] ?? test["jwe"]) as? String ?? "",
                    isEncrypted: test["jwe"] != nil,
                    isValid: test["result"] as? String == "valid",
                    keys: String(decoding: keys, as: UTF8.self))
            }
        }
    }

    private static func accepts(_ test: Wycheproof) -> Bool {
        let tester = BuiltinTester()
        let verdict = try? { () throws -> Bool in
            var object = ObjectBuilder(tester.context.arena)
            object.set("cert", tester.string(test.keys))
            let constraints = try TokenConstraints(object.finish().object, tester.context)
            return try Array(test.token.utf8).withUnsafeBytes { bytes in
                let token = try JSONWebToken(bytes)
                let header = try TokenHeader(try token.decodedHeader(tester.context).object)
                return try JWTBuiltins.isSigned(token, header, constraints)
            }
        }()
        return verdict ?? false
    }

    /// Where the list is wrong or laxer than we are: a key that says PS256 must not check PS384
    /// (RFC 8725 §3.1), 367 and 370 are byte for byte the valid 357, and what is not base64url is
    /// no token.
    private static let exceptions: [String: Bool] = [
        "rfc7520 346": false, "rfc7520WithKeyOps 350": false, "base64 367": true,
        "base64 370": true, "base64 372": false, "base64 373": false,
    ]

    @Test(arguments: [
        ("json_web_signature", 401), ("json_web_key", 26), ("json_web_crypto", 83),
    ])
    func `Wycheproof's tokens get the verdicts they should`(name: String, count: Int) throws {
        let tests = try Self.wycheproof(name)
        #expect(tests.count == count)
        for test in tests {
            // Encrypted tokens are refused, good ones too: OPA does not read them either.
            let expected = test.isValid && !test.isEncrypted
            let wanted = Self.exceptions[test.comment] ?? expected
            #expect(Self.accepts(test) == wanted, "\(name) \(test.comment)")
        }
    }

    @Test func `a token that was signed is verified`() throws {
        let tester = BuiltinTester()
        let token = try tester.call(
            "io.jwt.encode_sign",
            [
                tester.value(#"{"alg":"HS256","typ":"JWT"}"#), tester.value(#"{"sub":"u"}"#),
                tester.value(#"{"kty":"oct","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ"}"#),
            ])
        let verdict = try tester.call(
            "io.jwt.verify_hs256", [token, tester.string("secret-secret-secret-secret-1234")])
        #expect(verdict.isTrue)
        let other = try tester.call("io.jwt.verify_hs256", [token, tester.string("secret")])
        #expect(other.isFalse)
    }

    static let cases = [
        BuiltinCase("io.jwt.decode", #"["a.b"]"#, "!encoded JWT must have 3 sections, found 2"),
        BuiltinCase(
            "io.jwt.decode", #"["eyJhbGciOiJub25lIn0.eyJhIjoxfQ."]"#,
            #"[{"alg":"none"},{"a":1},""]"#),
        BuiltinCase("io.jwt.decode", "[1]", "?operand 1 must be string but got number"),
    ]

    @Test(arguments: cases)
    func `tokens are decoded`(test: BuiltinCase) throws { try test.check() }
}
