import EchoService
import GRPC
import HTTP
import Peers
import Protos
import SwiftProtobuf
import Testing
import Transport

struct ServerTests {
    @Test func `a caller without a token is not served, but may ask for health`() throws {
        let echo = try RunningEcho(EchoService.server(needsToken: true))
        let client = try GRPCClient(echo)
        let message = try GRPCClient.text("x")
        #expect(try client.call("Unary", message)["grpc-status"] == "16")
        let wrong = "authorization: Bearer wrong\r\n"
        #expect(try client.call("Unary", message, fields: wrong)["grpc-status"] == "16")
        let right = "authorization: Bearer \(EchoService.token)\r\n"
        #expect(try client.call("Unary", message, fields: right)["grpc-status"] == "0")
        let health = try client.call(
            "Check", of: "grpc.health.v1.Health", GRPCClient.frame([]))
        #expect(health["grpc-status"] == "0")
        let reflection = try client.call(
            "ServerReflectionInfo", of: "grpc.reflection.v1.ServerReflection", [])
        #expect(reflection["grpc-status"] == "16")
    }

    @Test func `calls above the limit are refused, and those before them go on`() throws {
        var limits = GRPC.Limits()
        limits.callsMax = 2
        let client = try GRPCClient(try RunningEcho(EchoService.server(limits: limits)))
        let open = try [client.begin("Chat"), client.begin("Chat")]
        #expect(try client.call("Unary", try GRPCClient.text("x"))["grpc-status"] == "8")
        for stream in open {
            try client.http.send(try GRPCClient.text("hi"), on: stream, isLast: true)
            let response = try client.http.response(to: stream)
            #expect(try GRPCClient.texts(response.body) == ["you said hi"])
        }
        #expect(try client.call("Unary", try GRPCClient.text("x"))["grpc-status"] == "0")
    }

    @Test func `work that finds no thread and no place to wait is refused`() throws {
        var limits = GRPC.Limits()
        limits.threadsMax = 1
        limits.waitingMax = 0
        let client = try GRPCClient(try RunningEcho(EchoService.server(limits: limits)))
        let stream = try client.begin("Chat")
        try client.http.send(try GRPCClient.text("hi"), on: stream, isLast: false)
        _ = try client.http.response(to: stream) { !$0.body.isEmpty }
        #expect(try client.call("Unary", try GRPCClient.text("x"))["grpc-status"] == "8")
        #expect(try client.call("Immediate", try GRPCClient.text("x"))["grpc-status"] == "0")
        try client.http.send([], on: stream, isLast: true)
        #expect(try client.http.response(to: stream)["grpc-status"] == "0")
    }

    @Test func `a stream waits for its reader`() throws {
        let client = try GRPCClient(try RunningEcho())
        let response = try client.call("Expand", try GRPCClient.text("40:1000000"))
        #expect(response["grpc-status"] == "0")
        #expect(try GRPCClient.texts(response.body).map(\.utf8.count) == Array(
            repeating: 1_000_000, count: 40))
    }

    @Test func `a watcher is told of every change, and of the end`() throws {
        let health = HealthService(services: [EchoService.name])
        let echo = try RunningEcho(EchoService.server(health: health))
        let client = try GRPCClient(echo)
        let stream = try client.begin("Watch", of: "grpc.health.v1.Health")
        var request = Grpc_Health_V1_HealthCheckRequest()
        request.service = EchoService.name
        try client.http.send(
            GRPCClient.frame(try request.serializedBytes()), on: stream, isLast: true)
        let serving: [UInt8] = [0, 0, 0, 0, 2, 8, 1]
        let notServing: [UInt8] = [0, 0, 0, 0, 2, 8, 2]
        _ = try client.http.response(to: stream) { $0.body == serving }
        health.set(EchoService.name, isServing: false)
        _ = try client.http.response(to: stream) { $0.body == serving + notServing }
        echo.drain()
        let response = try client.http.response(to: stream)
        #expect(response.body == serving + notServing)
        #expect(response["grpc-status"] == "14")
    }

    @Test func `a first call may take longer than a first head may`() throws {
        var options = ListenerOptions()
        options.headerTimeoutNanoseconds = 100_000_000
        let client = try GRPCClient(try RunningEcho(options: options))
        let response = try client.call(
            "Hang", try GRPCClient.text(""), fields: "grpc-timeout: 800m\r\n")
        #expect(response["grpc-status"] == "4")
    }

    @Test func `draining lets calls end and says so`() throws {
        let echo = try RunningEcho()
        let client = try GRPCClient(echo)
        let stream = try client.begin("Chat")
        try client.http.send(try GRPCClient.text("one"), on: stream, isLast: false)
        _ = try client.http.response(to: stream) { !$0.body.isEmpty }
        echo.drain()
        try client.http.readGoAway()
        try client.http.send(try GRPCClient.text("two"), on: stream, isLast: true)
        let response = try client.http.response(to: stream)
        #expect(try GRPCClient.texts(response.body) == ["you said one", "you said two"])
        #expect(response["grpc-status"] == "0")
    }

    @Test func `reflection names services and describes symbols`() throws {
        let client = try GRPCClient(try RunningEcho())
        for version in ["v1", "v1alpha"] {
            var list = Grpc_Reflection_V1_ServerReflectionRequest()
            list.listServices = ""
            var symbol = Grpc_Reflection_V1_ServerReflectionRequest()
            symbol.fileContainingSymbol = "agentd.v1.Agentd.Execute"
            var unknown = Grpc_Reflection_V1_ServerReflectionRequest()
            unknown.fileByFilename = "no.proto"
            let content = try [list, symbol, unknown].flatMap {
                GRPCClient.frame(try $0.serializedBytes())
            }
            let response = try client.call(
                "ServerReflectionInfo", of: "grpc.reflection.\(version).ServerReflection", content)
            let answers = try Self.answers(response.body)
            try #require(answers.count == 3)
            #expect(
                answers[0].listServicesResponse.service.map(\.name).contains(EchoService.name))
            let file = try #require(answers[1].fileDescriptorResponse.fileDescriptorProto.first)
            let descriptor = try Google_Protobuf_FileDescriptorProto(serializedBytes: file)
            #expect(descriptor.package == "agentd.v1")
            #expect(answers[2].errorResponse.errorCode == Int32(GRPCCode.notFound.rawValue))
        }
    }

    private static func answers(
        _ content: [UInt8]
    ) throws -> [Grpc_Reflection_V1_ServerReflectionResponse] {
        var answers: [Grpc_Reflection_V1_ServerReflectionResponse] = []
        var rest = content[...]
        while rest.count >= 5 {
            let length = rest.dropFirst().prefix(4).reduce(0) { $0 << 8 | Int($1) }
            answers.append(try .init(serializedBytes: Array(rest.dropFirst(5).prefix(length))))
            rest = rest.dropFirst(5 + length)
        }
        return answers
    }
}
