internal import Testing

@testable internal import Identity

struct SandboxTokenTests {
    private let key: SandboxTokenKey
    private let other: SandboxTokenKey

    init() throws {
        key = try #require(Self.key("0123456789abcdef0123456789abcdef"))
        other = try #require(Self.key(String(repeating: "another secret ", count: 8)))
    }

    private static func key(_ secret: String) -> SandboxTokenKey? {
        SandboxTokenKey(Array(secret.utf8).span)
    }

    private func verify(
        _ token: String, _ keys: [SandboxTokenKey]? = nil, now: Int64 = 1000
    ) throws(SandboxToken.Fault) -> String {
        let result = Array(token.utf8).withUnsafeBytes { bytes in
            Result { () throws(SandboxToken.Fault) in
                String(
                    decoding: try SandboxToken.verify(bytes, keys: keys ?? [key], nowSeconds: now)
                        .id,
                    as: UTF8.self)
            }
        }
        return try result.get()
    }

    private func minted(
        _ sandbox: String = "sbx-1", expires: Int64 = 2000, _ key: SandboxTokenKey? = nil
    ) throws -> String {
        try #require(
            SandboxToken.mint(sandbox, expiresAtSeconds: expires, key: key ?? self.key))
    }

    /// The code is what Python's `hmac.new(key, text, sha256)` gives.
    @Test func `a token has the documented form`() throws {
        #expect(
            try minted() == "v1.sbx-1.2000.FJnqkeQ2F_WNE_L6VRogMb2ahAs73XjZhrdknXyL480")
    }

    @Test(arguments: ["sbx-1", "a", "a.b.c", "sandbox_test-001", String(repeating: "a", count: 128)])
    func `what was minted is verified`(sandbox: String) throws {
        #expect(try verify(minted(sandbox)) == sandbox)
        let long = try minted(sandbox, other)
        #expect(try verify(long, [other]) == sandbox)
    }

    @Test(arguments: [("sbx-1", "standard"), ("a.b", "t_1"), ("a", String(repeating: "t", count: 64))])
    func `a tier that was minted is read again`(sandbox: String, tier: String) throws {
        let token = try #require(
            SandboxToken.mint(sandbox, tier: tier, expiresAtSeconds: 2000, key: key))
        #expect(token.hasPrefix("v2.\(sandbox).\(tier).2000."))
        try Array(token.utf8).withUnsafeBytes { bytes in
            let claim = try SandboxToken.verify(bytes, keys: [key], nowSeconds: 1000)
            #expect(String(decoding: claim.id, as: UTF8.self) == sandbox)
            #expect(String(decoding: claim.tier, as: UTF8.self) == tier)
        }
        // The tier is signed: no other can be put in its place.
        let other = token.replacing(".\(tier).", with: ".admin.")
        #expect(throws: SandboxToken.Fault.forged) { try verify(other) }
        let none = token.replacing("v2.\(sandbox).\(tier).", with: "v1.\(sandbox).")
        #expect(throws: SandboxToken.Fault.forged) { try verify(none) }
    }

    @Test(arguments: ["", "a.b", "a b", String(repeating: "t", count: 65)])
    func `nothing is minted for what is no tier`(tier: String) {
        #expect(SandboxToken.mint("a", tier: tier, expiresAtSeconds: 2000, key: key) == nil)
    }

    @Test(arguments: ["", "a b", "a/b", "ü", String(repeating: "a", count: 129)])
    func `nothing is minted for what is no sandbox`(sandbox: String) {
        #expect(SandboxToken.mint(sandbox, expiresAtSeconds: 2000, key: key) == nil)
    }

    @Test func `a token holds until its expiry and not in that second`() throws {
        let token = try minted(expires: 1000)
        #expect(try verify(token, now: 999) == "sbx-1")
        #expect(throws: SandboxToken.Fault.expired) { try verify(token, now: 1000) }
    }

    @Test func `a token of any of the keys is taken, of no other one`() throws {
        let token = try minted("sbx-1", other)
        #expect(try verify(token, [key, other]) == "sbx-1")
        #expect(throws: SandboxToken.Fault.forged) { try verify(token, [key]) }
        #expect(throws: SandboxToken.Fault.forged) { try verify(token, []) }
    }

    @Test func `a token that was changed in any byte is refused`() throws {
        let token = Array(try minted().utf8)
        for index in token.indices {
            for byte in Array("0aZ.-_ ".utf8) where byte != token[index] {
                var changed = token
                changed[index] = byte
                #expect(throws: SandboxToken.Fault.self) {
                    try verify(String(decoding: changed, as: UTF8.self))
                }
            }
        }
    }

    @Test func `a token that was cut anywhere is refused`() throws {
        let token = try minted()
        for count in 0..<token.count {
            #expect(throws: SandboxToken.Fault.self) { try verify(String(token.prefix(count))) }
        }
        #expect(throws: SandboxToken.Fault.malformed) { try verify(token + "A") }
    }

    @Test(arguments: [
        "v1..2000.", "v1.a.0.", "v1.a.02000.", "v1.a.-1.", "v1.a.99999999999999999999.", "v1.a..",
        "v2.a.2000.", "v2..t.2000.", "v2.a..2000.", "v2.a.t.", "v3.a.2000.", "v1.2000.",
        "a.2000.", "v1.a/b.2000.", ".",
    ])
    func `a text that is no token is refused even with a code of ours`(text: String) throws {
        let code = Array(text.dropLast().utf8).withUnsafeBytes { bytes in
            key.withCode(of: bytes) { Array($0) }
        }
        let token = text + Self.base64(code)
        #expect(throws: SandboxToken.Fault.malformed) { try verify(token) }
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var text = ""
        var bits = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | Int(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(alphabet[bits >> count & 63])
            }
        }
        if count > 0 { text.append(alphabet[bits << (6 - count) & 63]) }
        return text
    }

    @Test func `a secret of less than 32 bytes is no key`() {
        #expect(Self.key(String(repeating: "a", count: 31)) == nil)
        #expect(Self.key(String(repeating: "a", count: 32)) != nil)
    }
}
