import Bytes
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

    /// Whether a verdict is the one that a vector asks for. `bounded` asks for an end,
    /// `valid-or-invalid` and `policy` leave the choice, and of doubled members the last counts,
    /// unless the token is refused.
    private static func fits(_ expect: String, isAccepted: Bool) throws -> Bool {
        switch expect {
        case "valid-no-fetch": return isAccepted
        case "invalid", "invalid-if-aud": return !isAccepted
        case "bounded", "valid-or-invalid", "policy", "invalid-or-last": return true
        default: throw UnknownVerdict(text: expect)
        }
    }

    private struct UnknownVerdict: Error {
        let text: String
    }

    /// Whether the token passes io.jwt.decode_verify with our constraints and these ones.
    private static func accepts(_ token: String, _ file: OwnFile, _ more: String) -> Bool {
        let tester = BuiltinTester()
        let constraints =
            #"{"secret":"\#(file.key)","aud":"\#(file.aud)","iss":"\#(file.iss)"\#(more)}"#
        let answer = try? tester.call(
            "io.jwt.decode_verify", [tester.string(token), tester.value(constraints)])
        return answer?.array[0].isTrue ?? false
    }

    private static func judgeOwn() throws -> (passed: Int, failed: [String]) {
        let file = try JSONDecoder().decode(OwnFile.self, from: Self.file("own-jwt.json"))
        var failed: [String] = []
        for vector in file.vectors {
            let start = ContinuousClock.now
            let verdicts = ["", #","alg":"HS256""#].map { accepts(vector.token, file, $0) }
            let isQuick = ContinuousClock.now - start < .seconds(1)
            let isRight = try verdicts.allSatisfy { try fits(vector.expect, isAccepted: $0) }
            if !isRight || !isQuick || verdicts[0] != verdicts[1] { failed.append(vector.note) }
        }
        return (file.vectors.count - failed.count, failed)
    }

    private struct Wycheproof {
        let comment: String
        let token: String
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
                    isValid: test["result"] as? String == "valid",
                    keys: String(decoding: keys, as: UTF8.self))
            }
        }
    }

    /// What io.jwt.decode_verify says of the signature; io.jwt.verify_* must say the same.
    private static func accepts(_ test: Wycheproof) -> Bool {
        let tester = BuiltinTester()
        let verdict = try? { () throws -> Bool in
            var object = ObjectBuilder(tester.context.arena)
            object.set("cert", tester.string(test.keys))
            let constraints = try TokenConstraints(object.finish().object, tester.context)
            return try Array(test.token.utf8).withUnsafeBytes { bytes in
                let token = try JSONWebToken(bytes)
                let header = try TokenHeader(try token.decodedHeader(tester.context).object)
                let isSigned = try JWTBuiltins.isSigned(token, header, constraints)
                let name = "io.jwt.verify_" + header.algorithm.lowercased()
                if BuiltinRegistry.entries[name] != nil, !test.keys.contains("\"oct\"") {
                    let arguments = [tester.string(test.token), tester.string(test.keys)]
                    #expect(try tester.call(name, arguments).isTrue == isSigned)
                }
                return isSigned
            }
        }()
        return verdict ?? false
    }

    /// Verdicts of the list that no correct reader can give, or that OPA's own cases forbid.
    private static let exceptions: [String: String] = [
        "base64 367": "byte for byte the token of 357, which is valid",
        "base64 370": "byte for byte the token of 357, which is valid",
        "base64 372": "a `?` in the header: OPA's test-jwtbuiltins-0394, RFC 7515 §5.2",
        "base64 373": "a `?` in the payload: OPA's test-jwtbuiltins-0395, RFC 7515 §5.2",
        "jwe_aes 50": "encrypted: OPA's test-jwtbuiltins-0391 wants an error",
        "jwe_ec 67": "encrypted: OPA's test-jwtbuiltins-0391 wants an error",
    ]

    @Test func `hostile tokens get the verdicts they should`() throws {
        var (passed, failed) = try Self.judgeOwn()
        #expect(passed == 45, "\(failed)")
        for name in ["json_web_signature", "json_web_key", "json_web_crypto"] {
            for test in try Self.wycheproof(name) {
                let isRight = Self.accepts(test) == test.isValid
                if isRight { passed += 1 } else { failed.append(test.comment) }
            }
        }
        #expect(Set(failed) == Set(Self.exceptions.keys))
        let count = passed + failed.count
        #expect(count == 555)
        print("jwt: \(passed) passed, \(failed.count) failed of \(count)")
        for name in failed {
            print("jwt: failed: \(name): \(Self.exceptions[name] ?? "not expected")")
        }
    }

    @Test(arguments: [
        (#"{"alg":"HS384"}"#, false), (#"{"alg":"none"}"#, false), ("{}", false), ("{", false),
        (#"{"alg":"HS256","crit":["x"]}"#, false), (#"{"alg":"HS256","b64":false}"#, false),
        (#"{"alg":"HS256"}"#, true),
    ])
    func `a header that asks for something else is not verified`(
        header: String, isVerified: Bool
    ) throws {
        let tester = BuiltinTester()
        let parts = [header, "{}"].map { Base64.rawURL.encode(Array($0.utf8).span) }
        let signed = parts[0] + [UInt8(ascii: ".")] + parts[1]
        let signature = try #require(
            Signature.make(of: signed, by: .secret(Array("secret".utf8)), .hs256))
        let token = signed + [UInt8(ascii: ".")] + Base64.rawURL.encode(signature.span)
        let text = tester.string(String(decoding: token, as: UTF8.self))
        let answer = try tester.call("io.jwt.verify_hs256", [text, tester.string("secret")])
        #expect(answer.isTrue == isVerified)
    }

    @Test(arguments: [
        (SignatureAlgorithm.ps256, SignatureAlgorithm.ps384, true), (.ps256, .ps256, true),
        (.ps512, .ps384, false), (.ps256, .rs256, false), (.ps256, .rs512, false),
        (.rs256, .rs512, true), (.rs512, .rs256, false), (.es256, .es384, false),
        (.hs256, .hs512, false), (.edDSA, .es256, false),
    ])
    func `a key's algorithm is never weakened`(
        key: SignatureAlgorithm, token: SignatureAlgorithm, isCovered: Bool
    ) {
        #expect(key.covers(token) == isCovered)
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
