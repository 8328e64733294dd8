import Peers
import Testing

/// Policies that say what the query of a request is to be.
struct QueryPolicyTests {
    private let upstream: ScriptedUpstream
    private let gateway: RunningGateway

    init() throws {
        upstream = try ScriptedUpstream()
        gateway = try RunningGateway(
            upstream: upstream.port, bundle: "Tests/Corpus/gateway/query_policy",
            entrypoint: "agentd/authz/decision")
    }

    @Test(arguments: [
        ("both?a=1&tenant=mine&b", "both?a=1&b&tag=x&tag=y&tenant=a%26b%20c"),
        ("both", "both?tag=x&tag=y&tenant=a%26b%20c"),
        ("both?%61pi_key=s&api%5Fkey&x=api_key", "both?x=api_key&tag=x&tag=y&tenant=a%26b%20c"),
        ("less?api_key=1&a=%20&&b", "less?a=%20&b"), ("less?api_key=1", "less"), ("less?", "less"),
        ("less", "less"), ("conflict?gone=2&c", "conflict?c"), ("none?a&&b", "none?a&&b"),
    ])
    func `the upstream gets the query that policy wants`(target: String, expected: String) throws {
        // Twice more than a decision has to come to be used again.
        for _ in 0..<4 {
            let client = try gateway.connect()
            try client.send(
                "GET /api/v1/\(target) HTTP/1.1\r\nHost: a\r\nX-API-Key: valid-key\r\n\r\n")
            let server = try upstream.accept()
            let request = try server.readMessage()
            #expect(request.startLine == "GET /api/v1/\(expected) HTTP/1.1")
            try server.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            #expect(try client.readMessage().status == 200)
        }
    }
}
