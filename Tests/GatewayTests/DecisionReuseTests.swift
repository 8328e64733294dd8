import Peers
import Testing

/// A decision that was made is used again for requests that the policy cannot tell apart, and for
/// no others.
struct DecisionReuseTests {
    private static let bundles = "Tests/Corpus/gateway/decision_reuse"

    private static func ask(
        _ gateway: RunningGateway, _ method: String, _ target: String, host: String = "a",
        key: String = "first", more: String = ""
    ) throws -> Message {
        let client = try gateway.connect()
        try client.send(
            "\(method) \(target) HTTP/1.1\r\nHost: \(host)\r\nX-API-Key: \(key)-key\r\n\(more)\r\n")
        return try client.readMessage(answering: method)
    }

    @Test func `requests that differ in what policy reads have decisions of their own`() throws {
        let gateway = try RunningGateway(bundle: "\(Self.bundles)/keyed")
        // Each often enough to be remembered, in turns, so that one could be taken for another.
        for _ in 0..<4 {
            for (method, target, host, key) in [
                ("GET", "/api/v1/status", "a", "first"),
                ("HEAD", "/api/v1/status", "a", "first"),
                ("GET", "/api/v1/statu", "sa", "first"),
                ("GET", "/api/v1/status?", "a", "first"),
                ("GET", "/api/v1/status?x=1", "a", "first"),
                ("GET", "/api/v1/status?x=2", "a", "first"),
                ("GET", "/api/v1/status", "b", "first"),
                ("GET", "/api/v1/status", "a", "second"),
            ] {
                let answer = try Self.ask(gateway, method, target, host: host, key: key)
                #expect(answer["x-seen"] == "\(method) \(target) \(host) \(key)")
                #expect(answer["x-moment"] == "always")
            }
        }
    }

    @Test func `requests of different versions have decisions of their own`() throws {
        let gateway = try RunningGateway(bundle: "\(Self.bundles)/keyed")
        let client = try H2Client(port: gateway.port)
        for _ in 0..<4 {
            let head = "GET /api/v1/status HTTP/1.1\r\nhost: a\r\nx-api-key: first-key\r\n\r\n"
            let answer = try client.response(to: try client.request(head))
            #expect(answer["x-protocol"] == "HTTP/2")
            let other = try Self.ask(gateway, "GET", "/api/v1/status")
            #expect(other["x-protocol"] == "HTTP/1.1")
        }
    }

    @Test func `more decisions than can be kept are each the right one`() throws {
        let gateway = try RunningGateway(bundle: "\(Self.bundles)/keyed")
        let client = try gateway.connect()
        let padding = String(repeating: "x", count: 500)
        for _ in 0..<3 {
            for number in 0..<600 {
                let target = "/api/v1/status?\(padding)=\(number)"
                try client.send(
                    "GET \(target) HTTP/1.1\r\nHost: a\r\nX-API-Key: first-key\r\n\r\n")
                let answer = try client.readMessage()
                #expect(answer["x-seen"] == "GET \(target) a first")
            }
        }
    }

    @Test(arguments: ["time", "chance"])
    func `a decision that depends on more than the request is made each time`(
        of: String
    ) throws {
        let gateway = try RunningGateway(bundle: "\(Self.bundles)/keyed")
        var moments = Set<String>()
        for _ in 0..<4 {
            let answer = try Self.ask(gateway, "GET", "/api/v1/\(of)")
            #expect(answer["x-seen"] == "GET /api/v1/\(of) a first")
            moments.insert(try #require(answer["x-moment"]))
        }
        #expect(moments.count == 4)
    }

    @Test func `a policy that reads header fields sees those of each request`() throws {
        let gateway = try RunningGateway(bundle: "\(Self.bundles)/header")
        for turn in 0..<6 {
            let value = turn.isMultiple(of: 2) ? "even" : "odd"
            let answer = try Self.ask(
                gateway, "GET", "/api/v1/status", more: "X-Asked: \(value)\r\n")
            #expect(answer["x-seen"] == value)
        }
    }
}
