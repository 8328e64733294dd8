import EchoService
import GRPC
import Peers
import Testing

struct JSONTests {
    private let echo: RunningEcho
    private let peer: Peer

    init() throws {
        echo = try RunningEcho()
        peer = try Peer(port: echo.port)
    }

    private func post(_ method: String, _ json: String, _ fields: String = "") throws -> Message {
        try peer.send(
            "POST /\(EchoService.name)/\(method) HTTP/1.1\r\nHost: x\r\n\(fields)"
                + "Content-Type: application/json\r\nContent-Length: \(json.utf8.count)\r\n\r\n"
                + json)
        return try peer.readMessage()
    }

    @Test(arguments: [
        ("Unary", "\"hi\"", 200, "\"hi\""),
        ("Immediate", "\"hi\"", 200, "\"hi\""),
        ("Expand", "\"3:1\"", 200, "[\"x\",\"x\",\"x\"]"),
        ("Expand", "\"0:1\"", 200, "[]"),
        (
            "Expand", "\"no\"", 400,
            "{\"code\":3,\"message\":\"count:size is wanted\",\"details\":[]}"
        ),
        ("Fail", "\"7:no\"", 403, "{\"code\":7,\"message\":\"no\",\"details\":[]}"),
        ("Nothing", "\"\"", 501, nil),
        ("Collect", "\"\"", 501, nil),
        ("Unary", "{", 400, nil),
        ("Unary", "{\"a\":1}", 400, nil),
    ])
    func `a call is a POST with JSON`(
        method: String, json: String, status: Int, answer: String?
    ) throws {
        for _ in 0..<2 {
            let response = try post(method, json)
            #expect(response.status == status)
            #expect(response["content-type"] == "application/json")
            if let answer { #expect(response.text == answer) }
        }
    }

    @Test func `a stream can be events`() throws {
        let response = try post("Expand", "\"2:1\"", "Accept: text/event-stream\r\n")
        #expect(response["content-type"] == "text/event-stream")
        #expect(response.text == "data: \"x\"\n\ndata: \"x\"\n\n")
    }

    @Test(arguments: [
        ("gzip", true), ("br;q=1, gzip;q=0.5", true), ("*", true), ("*;q=0, GZIP", true),
        ("gzip;q=0", false), ("gzip;q=0.000, *", false), ("identity", false), ("", false),
    ])
    func `long answers are compressed for clients that take gzip`(
        accepted: String, isCompressed: Bool
    ) throws {
        let json = "\"" + String(repeating: "abc", count: 1000) + "\""
        let response = try post("Unary", json, "Accept-Encoding: \(accepted)\r\n")
        #expect(response["vary"] == "Accept-Encoding")
        #expect((response["content-encoding"] == "gzip") == isCompressed)
        #expect((response.text == json) == !isCompressed)
    }

    @Test func `a request that is too long is refused`() throws {
        let json = "\"" + String(repeating: "x", count: 4 << 20) + "\""
        let response = try post("Unary", json)
        #expect(response.status == 429)
    }

    @Test func `gRPC-Web has its trailers as a message`() throws {
        let frame = try GRPCClient.text("hi")
        try peer.send(
            Array(
                ("POST /\(EchoService.name)/Unary HTTP/1.1\r\nHost: x\r\n"
                    + "Content-Type: application/grpc-web+proto\r\n"
                    + "Content-Length: \(frame.count)\r\n\r\n").utf8) + frame)
        let response = try peer.readMessage()
        #expect(response["content-type"] == "application/grpc-web+proto")
        let trailers = Array("grpc-status: 0\r\n".utf8)
        #expect(response.body == frame + GRPCClient.frame(trailers, flags: 0x80))
    }
}
