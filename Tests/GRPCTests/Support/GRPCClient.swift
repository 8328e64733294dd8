import EchoService
import HTTP
import Peers
import Protos
import SwiftProtobuf

/// Calls `sluice.test.Echo` by hand, so that what is sent can be wrong in any way.
final class GRPCClient {
    let http: H2Client
    private let echo: RunningEcho

    init(_ echo: RunningEcho) throws {
        self.echo = echo
        http = try H2Client(port: echo.port)
    }

    /// Begins a call; `fields` are more lines of its head.
    func begin(
        _ method: String, of service: String = EchoService.name,
        type: String = "application/grpc", fields: String = "", verb: String = "POST"
    ) throws -> Int32 {
        try http.begin(
            "\(verb) /\(service)/\(method) HTTP/1.1\r\nhost: test\r\ncontent-type: \(type)\r\n"
                + "te: trailers\r\n\(fields)\r\n",
            ends: false)
    }

    /// A whole call with these bytes as its content.
    func call(
        _ method: String, of service: String = EchoService.name, _ content: [UInt8],
        type: String = "application/grpc", fields: String = "", verb: String = "POST"
    ) throws -> H2Message {
        let stream = try begin(method, of: service, type: type, fields: fields, verb: verb)
        try http.send(content, on: stream, isLast: true)
        return try http.response(to: stream)
    }

    /// A message with its prefix.
    static func frame(_ message: [UInt8], flags: UInt8 = 0) -> [UInt8] {
        let length = UInt32(message.count)
        return [flags] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + message
    }

    static func text(_ value: String) throws -> [UInt8] {
        frame(try Google_Protobuf_StringValue(value).serializedBytes())
    }

    /// The texts of a response's messages.
    static func texts(_ content: [UInt8]) throws -> [String] {
        var texts: [String] = []
        var rest = content[...]
        while rest.count >= 5 {
            let length = rest.dropFirst().prefix(4).reduce(0) { $0 << 8 | Int($1) }
            let message = Array(rest.dropFirst(5).prefix(length))
            texts.append(try Google_Protobuf_StringValue(serializedBytes: message).value)
            rest = rest.dropFirst(5 + length)
        }
        return texts
    }
}
