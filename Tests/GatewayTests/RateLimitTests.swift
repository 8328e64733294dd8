import IO
import Peers
import Testing

/// Requests that are one too many.
struct RateLimitTests {
    /// Requests until one is refused, and that refusal; they are sent at once, so that time does
    /// not give tokens back meanwhile.
    private func exhaust(
        _ gateway: RunningGateway, path: String, fields: String, most: Int
    ) throws -> (granted: [Message], refused: Message?) {
        let client = try gateway.connect()
        let request = "GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
        try client.send(String(repeating: request, count: most))
        var granted: [Message] = []
        for _ in 0..<most {
            let answer = try client.readMessage()
            guard answer.status != 429 else { return (granted, answer) }
            granted.append(answer)
        }
        return (granted, nil)
    }

    @Test func `the request after the sixtieth in a minute is refused`() throws {
        let gateway = try RunningGateway()
        let started = Clock.monotonicNanoseconds
        let (granted, refused) = try exhaust(
            gateway, path: "/api/v1/status", fields: RunningGateway.user, most: 200)
        // A token comes back every second.
        let seconds = Int((Clock.monotonicNanoseconds - started) / 1_000_000_000)
        #expect((60...(60 + seconds)).contains(granted.count))
        #expect(granted.first?["x-rate-limit-remaining"] == "59")
        #expect(granted.first?["x-ratelimit-limit"] == "60")
        let refusal = try #require(refused)
        #expect(refusal["retry-after"] == "1")
        #expect(refusal["x-ratelimit-remaining"] == "0")
        #expect(refusal["ratelimit"]?.contains("\"minute\";r=0") == true)
        #expect(refusal["ratelimit-policy"]?.contains("\"minute\";q=60;w=60") == true)
        #expect(refusal.text.contains("\"code\":\"rate_limited\""))
    }

    @Test func `one key's limit is not another's`() throws {
        let gateway = try RunningGateway()
        _ = try exhaust(gateway, path: "/api/v1/status", fields: RunningGateway.user, most: 200)
        let answer = try gateway.ask("/api/v1/status", RunningGateway.admin)
        #expect(answer.status == 200)
        #expect(answer["x-rate-limit-remaining"] == nil)
    }

    @Test func `who has no key is limited and does not starve who has one`() throws {
        let gateway = try RunningGateway(
            settings: "  rate_limit: { global: off, anonymous: { tokens: 3, per_second: 1 } }\n")
        let (granted, refused) = try exhaust(gateway, path: "/api/v1/status", fields: "", most: 60)
        #expect(granted.count >= 3)
        #expect(granted.allSatisfy { $0.status == 401 })
        #expect(refused?["retry-after"] != nil)
        #expect(refused?.text.contains("\"code\":\"anonymous_rate_limited\"") == true)
        #expect(try gateway.ask("/api/v1/status").status == 200)
    }

    @Test func `the process takes only so much`() throws {
        let gateway = try RunningGateway(
            settings: "  rate_limit: { global: { tokens: 5, per_second: 1 }, anonymous: off }\n")
        let (granted, refused) = try exhaust(
            gateway, path: "/api/v1/status", fields: RunningGateway.admin, most: 60)
        #expect(granted.count >= 5)
        #expect(refused?.text.contains("\"code\":\"overloaded\"") == true)
        #expect(refused?["retry-after"] == "1")
    }
}
