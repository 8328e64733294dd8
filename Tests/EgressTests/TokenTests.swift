import Foundation
import Identity
import Peers
import Testing

/// Sandboxes that prove who they are.
struct TokenTests {
    private static let secret = "0123456789abcdef0123456789abcdef"
    private let upstream: ScriptedUpstream
    private let egress: RunningEgress

    init() throws {
        upstream = try ScriptedUpstream()
        egress = try RunningEgress(
            EgressBundle(upstream: upstream.port),
            settings: """
                  forward_proxy: true
                  identity: { token_keys: ["\(Self.secret)", "an older key that is still accepted"] }

                """)
    }

    private func token(
        _ sandbox: String = "sbx-all", tier: String? = nil, secret: String = TokenTests.secret,
        seconds: Int64 = 60
    ) throws -> String {
        let bytes = Array(secret.utf8)
        let made = SandboxTokenKey(bytes.span)
        let key = try #require(made)
        let expiry = Int64(Date().timeIntervalSince1970) + seconds
        return try #require(
            SandboxToken.mint(sandbox, tier: tier, expiresAtSeconds: expiry, key: key))
    }

    private func status(_ fields: String, target: String = "/x") throws -> Int {
        let client = try egress.connect()
        try client.send("GET \(target) HTTP/1.1\r\nHost: echo\r\n\(fields)\r\n")
        if try upstream.waitForConnection(orAnswerTo: client) {
            let server = try upstream.accept()
            let message = try server.readMessage()
            #expect(!message.fields.contains { $0.value.contains("v1.sbx") })
            try server.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        return try client.readMessage().status
    }

    @Test func `a signed token is enough, with the same id or without one`() throws {
        let token = try token()
        #expect(try status("X-Sandbox-Token: \(token)\r\n") == 200)
        #expect(try status("X-Sandbox-Token: \(token)\r\nX-Sandbox-ID: sbx-all\r\n") == 200)
    }

    @Test func `an older key of the configuration still signs`() throws {
        let token = try token(secret: "an older key that is still accepted")
        #expect(try status("X-Sandbox-Token: \(token)\r\n") == 200)
    }

    @Test func `an id alone is no identity`() throws {
        #expect(try status("X-Sandbox-ID: sbx-all\r\n") == 401)
    }

    @Test func `a token of somebody else, an old or a forged one is 401`() throws {
        let other = try token("sbx-restricted")
        #expect(try status("X-Sandbox-Token: \(other)\r\nX-Sandbox-ID: sbx-all\r\n") == 401)
        let old = try token(seconds: -1)
        #expect(try status("X-Sandbox-Token: \(old)\r\n") == 401)
        let forged = try token(secret: "somebody else's secret of 32 byte")
        #expect(try status("X-Sandbox-Token: \(forged)\r\n") == 401)
        let swapped = other.replacingOccurrences(of: "sbx-restricted", with: "sbx-all")
        #expect(try status("X-Sandbox-Token: \(swapped)\r\n") == 401)
        let twice = "X-Sandbox-Token: \(other)\r\nX-Sandbox-Token: \(other)\r\n"
        #expect(try status(twice) == 401)
    }

    @Test func `the token's sandbox is the one whose tier holds`() throws {
        let token = try token("sbx-none")
        #expect(try status("X-Sandbox-Token: \(token)\r\nX-Sandbox-Policy: all\r\n") == 403)
    }

    @Test func `a signed tier holds for a sandbox that the registry does not have`() throws {
        func status(_ sandbox: String, _ tier: String) throws -> Int {
            try self.status("X-Sandbox-Token: \(token(sandbox, tier: tier))\r\n")
        }
        #expect(try status("sbx-new", "all") == 200)
        #expect(try status("sbx-new", "default") == 403)
        #expect(try status("sbx-new", "no-such-tier") == 403)
        // The registry knows better.
        #expect(try status("sbx-none", "all") == 403)
        #expect(try status("sbx-all", "default") == 200)
    }

    @Test func `who has no token is believed only when that is configured`() throws {
        let upstream = try ScriptedUpstream()
        let egress = try RunningEgress(
            EgressBundle(upstream: upstream.port),
            settings: """
                  identity: { token_keys: ["\(Self.secret)"], header_without_token: true }

                """)
        func status(_ fields: String) throws -> Int {
            let client = try egress.connect()
            try client.send("GET /x HTTP/1.1\r\nHost: echo\r\n\(fields)\r\n")
            if try upstream.waitForConnection(orAnswerTo: client) {
                let server = try upstream.accept()
                _ = try server.readMessage()
                try server.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            }
            return try client.readMessage().status
        }
        #expect(try status("X-Sandbox-ID: sbx-all\r\n") == 200)
        #expect(try status("X-Sandbox-Token: \(token())\r\n") == 200)
        #expect(try status("X-Sandbox-Token: x\r\nX-Sandbox-ID: sbx-all\r\n") == 401)
        #expect(try status("") == 401)
    }

    @Test func `a proxy's client sends the token as its password`() throws {
        func basic(_ text: String) -> String {
            "Proxy-Authorization: Basic \(Data(text.utf8).base64EncodedString())\r\n"
        }
        let token = try token()
        #expect(try status(basic("sbx-all:\(token)"), target: "http://echo/x") == 200)
        #expect(try status(basic("sbx-none:\(token)"), target: "http://echo/x") == 407)
        #expect(try status(basic("sbx-all:"), target: "http://echo/x") == 407)
        #expect(try status(basic("sbx-all:wrong"), target: "http://echo/x") == 407)
    }
}
