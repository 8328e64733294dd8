import Identity
import Testing

@testable import Agentd

struct SandboxProofTests {
    private static func key() throws -> SandboxTokenKey {
        let bytes = Array(NetworkedAgentd.secret.utf8)
        let made = SandboxTokenKey(bytes.span)
        return try #require(made)
    }

    private func token(_ lines: [UInt8]) throws -> String {
        let text = String(decoding: lines, as: UTF8.self)
        #expect(text.hasPrefix("X-Sandbox-ID: sbx-1\r\nX-Sandbox-Token: v2.sbx-1.all."))
        #expect(text.hasSuffix("\r\n"))
        return try #require(text.split(separator: "\r\n").last?.split(separator: " ").last)
            .description
    }

    private func isValid(_ token: String, at now: Int64) throws -> Bool {
        let key = try Self.key()
        return Array(token.utf8).withUnsafeBytes { bytes in
            (try? SandboxToken.verify(bytes, keys: [key], nowSeconds: now)) != nil
        }
    }

    @Test func `a token is made anew before half of its life is over`() throws {
        var proof = SandboxProof("sbx-1", tier: "all", key: try Self.key())
        let first = try token(proof.fieldLines(nowSeconds: 1000))
        #expect(try token(proof.fieldLines(nowSeconds: 1299)) == first)
        #expect(try isValid(first, at: 1599))
        #expect(try !isValid(first, at: 1600))
        let next = try token(proof.fieldLines(nowSeconds: 1300))
        #expect(next != first)
        #expect(try isValid(next, at: 1899))
    }

    @Test func `a clock that was set back makes a token for its time`() throws {
        var proof = SandboxProof("sbx-1", tier: "all", key: try Self.key())
        _ = proof.fieldLines(nowSeconds: 5000)
        let back = try token(proof.fieldLines(nowSeconds: 1000))
        #expect(try !isValid(back, at: 1600))
    }

    @Test func `without a key there is the id alone`() {
        var proof = SandboxProof("sbx-1", tier: "all", key: nil)
        #expect(
            String(decoding: proof.fieldLines(nowSeconds: 1), as: UTF8.self)
                == "X-Sandbox-ID: sbx-1\r\n")
    }
}
