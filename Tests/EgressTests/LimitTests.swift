import Peers
import Testing

/// The limits of sandboxes.
struct LimitTests {
    private let upstream: ScriptedUpstream
    private let egress: RunningEgress

    init() throws {
        upstream = try ScriptedUpstream()
        egress = try RunningEgress(EgressBundle(upstream: upstream.port, limit: 20))
    }

    /// Makes a call that is let through.
    private func pass(_ host: String = "echo", _ sandbox: String) throws -> Message {
        let client = try egress.connect()
        try client.send(
            "GET /one HTTP/1.1\r\nHost: \(host)\r\nX-Sandbox-ID: \(sandbox)\r\n"
                + "Connection: close\r\n\r\n")
        guard try upstream.waitForConnection(orAnswerTo: client) else {
            return try client.readMessage()
        }
        let server = try upstream.accept()
        _ = try server.readMessage()
        try server.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        return try client.readMessage()
    }

    @Test func `the eleventh call in a minute is 429 and says when to come again`() throws {
        for left in (0..<10).reversed() {
            let answer = try pass("echo", "sbx-restricted")
            #expect(answer.status == 200)
            #expect(answer["x-rate-limit-remaining"] == "\(left)")
            #expect(answer["x-ratelimit-limit"] == nil)
        }
        let refused = try egress.ask("/one", sandbox: "sbx-restricted")
        #expect(refused.status == 429)
        #expect(refused.text.contains(#""code":"rate_limited""#))
        #expect(refused["retry-after"] == "6")
        #expect(refused["x-ratelimit-limit"] == "10")
        #expect(refused["x-ratelimit-remaining"] == "0")
        #expect(refused["ratelimit-policy"] == "\"minute\";q=10;w=60")
        #expect(refused["x-rate-limit-remaining"] == "0")
        #expect(try upstream.isUntouched())
    }

    @Test func `the default of a tier holds for each service by itself`() throws {
        for _ in 0..<20 { #expect(try pass("echo", "sbx-all").status == 200) }
        #expect(try egress.ask("/one", sandbox: "sbx-all").status == 429)
        #expect(try pass("narrow", "sbx-all").status == 200)
        #expect(try pass("echo", "sbx-restricted").status == 200)
    }

    @Test func `a limit that is used up stays so when the bundle is read again`() throws {
        for _ in 0..<10 { #expect(try pass("echo", "sbx-restricted").status == 200) }
        try egress.bundle.write(EgressBundle.data(upstream.port, "", 21))
        egress.egress.reload()
        #expect(try egress.ask("/one", sandbox: "sbx-restricted").status == 429)
        #expect(try pass("echo", "sbx-all")["x-rate-limit-remaining"] == "20")
    }

    @Test func `a denied call costs nothing`() throws {
        for _ in 0..<15 {
            #expect(try egress.ask("/x", method: "DELETE", sandbox: "sbx-restricted").status == 403)
        }
        #expect(try pass("echo", "sbx-restricted")["x-rate-limit-remaining"] == "9")
    }
}
