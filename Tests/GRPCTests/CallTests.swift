import Bytes
import EchoService
import GRPC
import Peers
import Testing

struct CallTests {
    private let echo: RunningEcho
    private let client: GRPCClient

    init() throws {
        echo = try RunningEcho()
        client = try GRPCClient(echo)
    }

    @Test(arguments: ["Unary", "Immediate"])
    func `a message is answered`(method: String) throws {
        let response = try client.call(method, try GRPCClient.text("hello"))
        #expect(response.status == 200)
        #expect(response["content-type"] == "application/grpc")
        #expect(try GRPCClient.texts(response.body) == ["hello"])
        #expect(response.trailers.contains("grpc-status: 0\r\n"))
        #expect(response.isComplete)
    }

    @Test func `messages may be cut anywhere`() throws {
        let first = try GRPCClient.text("one")
        let content = first + (try GRPCClient.text("two"))
        for cut in content.indices {
            let stream = try client.begin("Collect")
            try client.http.send(Array(content[..<cut]), on: stream, isLast: false)
            try client.http.send(Array(content[cut...]), on: stream, isLast: true)
            let response = try client.http.response(to: stream)
            #expect(try GRPCClient.texts(response.body) == ["2:6"], "cut at \(cut)")
        }
    }

    @Test func `both sides may speak in turn`() throws {
        let stream = try client.begin("Chat")
        for word in ["one", "two", "three"] {
            try client.http.send(try GRPCClient.text(word), on: stream, isLast: false)
            let answer = try client.http.response(to: stream) {
                ((try? GRPCClient.texts($0.body)) ?? []).last == "you said \(word)"
            }
            #expect(try GRPCClient.texts(answer.body).last == "you said \(word)")
        }
        try client.http.send([], on: stream, isLast: true)
        let response = try client.http.response(to: stream)
        #expect(response.trailers.contains("grpc-status: 0\r\n"))
    }

    /// What the client sends, as which type, and the status.
    @Test(arguments: [
        ("Unary", [] as [UInt8], "13"),
        ("Immediate", [], "13"),
        ("Expand", [], "13"),
        // two messages
        ("Unary", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "13"),
        ("Immediate", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "13"),
        // cut short
        ("Unary", [0, 0, 0, 0, 9, 1], "13"),
        ("Collect", [0, 0, 0], "13"),
        // flags that nobody knows, and compression that was not announced
        ("Unary", [2, 0, 0, 0, 0], "13"),
        ("Unary", [1, 0, 0, 0, 0], "13"),
        // too long, said by five bytes
        ("Unary", [0, 0xFF, 0xFF, 0xFF, 0xFF], "8"),
        ("Collect", [0, 0, 0x40, 0, 1], "8"),
        // no message of that kind
        ("Unary", [0, 0, 0, 0, 1, 0xFF], "3"),
        ("Immediate", [0, 0, 0, 0, 1, 0xFF], "3"),
        ("Nothing", [0, 0, 0, 0, 0], "12"),
    ])
    func `a wrong call is refused with a status`(
        method: String, content: [UInt8], status: String
    ) throws {
        let response = try client.call(method, content)
        #expect(response.status == 200)
        #expect(response["grpc-status"] == status)
        #expect(response.body.isEmpty)
        let next = try client.call("Unary", try GRPCClient.text("on"))
        #expect(next["grpc-status"] == "0")
    }

    @Test(arguments: [
        ("POST", "text/plain", 415), ("POST", "application/grpc+json", 415),
        ("GET", "application/grpc", 405), ("PUT", "application/json", 405),
    ])
    func `what is no call is refused as HTTP does`(
        verb: String, type: String, status: Int
    ) throws {
        let response = try client.call("Unary", [], type: type, verb: verb)
        #expect(response.status == status)
    }

    @Test func `gRPC over HTTP 1 is refused`() throws {
        let peer = try Peer(port: echo.port)
        try peer.send(
            "POST /\(EchoService.name)/Unary HTTP/1.1\r\nHost: x\r\n"
                + "Content-Type: application/grpc\r\nContent-Length: 0\r\n\r\n")
        #expect(try peer.readMessage().status == 505)
    }

    @Test func `compressed messages are read, and answered alike`() throws {
        let plain = try GRPCClient.text(String(repeating: "abc", count: 10_000))
        let message = Array(plain.dropFirst(5))
        let frame = GRPCClient.frame(try GzipWriter.compress(message), flags: 1)
        let response = try client.call("Unary", frame, fields: "grpc-encoding: gzip\r\n")
        #expect(response["grpc-encoding"] == "gzip")
        #expect(response["grpc-status"] == "0")
        #expect(response.body.first == 1)
        #expect(try GzipReader.readAll(Array(response.body.dropFirst(5))) == message)
    }

    @Test func `a message that is too large once decompressed is refused`() throws {
        let message = [UInt8](repeating: 0, count: (4 << 20) + 1)
        let frame = GRPCClient.frame(try GzipWriter.compress(message), flags: 1)
        let response = try client.call("Unary", frame, fields: "grpc-encoding: gzip\r\n")
        #expect(response["grpc-status"] == "8")
    }

    @Test func `an encoding that is not known is refused, and those that are named`() throws {
        let response = try client.call("Unary", [], fields: "grpc-encoding: zstd\r\n")
        #expect(response["grpc-status"] == "12")
    }

    @Test func `metadata comes back, in its head and its trailers`() throws {
        let response = try client.call(
            "Unary", try GRPCClient.text(""),
            fields: "echo-a: b c\r\necho-x-bin: /wD/,AQ==\r\ngrpc-hidden: x\r\n")
        #expect(response.heads.last?.contains("initial-echo-a: b c\r\n") == true)
        #expect(response.trailers.contains("trailing-echo-a: b c\r\n"))
        #expect(response.trailers.contains("trailing-echo-x-bin: /wD/\r\n"))
        #expect(response.trailers.contains("trailing-echo-x-bin: AQ\r\n"))
    }

    @Test func `binary metadata that is no base64 is refused`() throws {
        let response = try client.call("Unary", [], fields: "echo-x-bin: !\r\n")
        #expect(response["grpc-status"] == "3")
    }

    @Test func `a status has its message in printable ASCII, and details`() throws {
        let response = try client.call("Fail", try GRPCClient.text("9:50 % größer\n"))
        #expect(response["grpc-status"] == "9")
        #expect(response["grpc-message"]?.lowercased() == "50 %25 gr%c3%b6%c3%9fer%0a")
        #expect(response["grpc-status-details-bin"]?.isEmpty == false)
    }

    @Test func `a call that takes too long ends with its deadline`() throws {
        let response = try client.call(
            "Hang", try GRPCClient.text(""), fields: "grpc-timeout: 50m\r\n")
        #expect(response["grpc-status"] == "4")
        let seen = try client.call("AwaitCancelled", try GRPCClient.text(""))
        #expect(try GRPCClient.texts(seen.body) == ["cancelled"])
    }

    /// A call that has begun and does not end.
    private func hang(_ client: GRPCClient) throws -> Int32 {
        let stream = try client.begin("Hang")
        try client.http.send(try GRPCClient.text(""), on: stream, isLast: true)
        _ = try client.http.response(to: stream) { !$0.body.isEmpty }
        return stream
    }

    @Test func `a reset stream cancels its call`() throws {
        let stream = try hang(client)
        try client.http.reset(stream)
        let seen = try client.call("AwaitCancelled", try GRPCClient.text(""))
        #expect(try GRPCClient.texts(seen.body) == ["cancelled"])
    }

    @Test func `a closed connection cancels its calls`() throws {
        let other = try GRPCClient(echo)
        _ = try hang(other)
        other.http.peer.close()
        let seen = try client.call("AwaitCancelled", try GRPCClient.text(""))
        #expect(try GRPCClient.texts(seen.body) == ["cancelled"])
    }
}
