public import GRPC
public import HTTP
import IO
import Protos
import SwiftProtobuf

/// `sluice.test.Echo`: one method for each thing that gRPC's clients can ask of a server. Messages
/// are google.protobuf.StringValue.
public final class EchoService: Sendable {
    private typealias Text = Google_Protobuf_StringValue

    public static let name = "sluice.test.Echo"
    /// The metadata that admits a caller to methods that are not open.
    public static let token = "let-me-in"

    private let cancelled = Monitor(0)

    public init() {}

    /// A server of it, of health and of reflection.
    public static func server(
        limits: GRPC.Limits = GRPC.Limits(), needsToken: Bool = false, health: HealthService? = nil
    ) -> GRPCServer {
        let services = [name, "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"]
        return GRPCServer(
            methods: EchoService().methods
                + (health ?? HealthService(services: [name])).methods
                + ReflectionService(services: services).methods,
            limits: limits
        ) { metadata, _ throws(Status) in
            guard !needsToken || metadata["authorization"] == "Bearer \(token)" else {
                throw Status(.unauthenticated, "no token")
            }
        }
    }

    private static func text(_ value: String) -> Google_Protobuf_StringValue {
        Google_Protobuf_StringValue(value)
    }

    public var methods: [ServiceMethod] {
        let path = "/\(Self.name)/"
        return [
            .immediate(path + "Immediate") { (text: Google_Protobuf_StringValue, call) in
                Self.reflect(call)
                return text
            },
            .unary(path + "Unary") { (text: Google_Protobuf_StringValue, call) in
                Self.reflect(call)
                return text
            },
            .serverStreaming(path + "Expand") {
                (text: Google_Protobuf_StringValue, _, writer) throws(Status) in
                try Self.expand(text.value, to: writer)
            },
            .clientStreaming(path + "Collect") {
                (source: MessageSource<Google_Protobuf_StringValue>, _) throws(Status) in
                var (count, bytes) = (0, 0)
                while let text = try source.next() {
                    count += 1
                    bytes += text.value.utf8.count
                }
                return Self.text("\(count):\(bytes)")
            },
            .bidirectional(path + "Chat") {
                (source: MessageSource<Google_Protobuf_StringValue>, _, writer)
                    throws(Status) in
                while let text = try source.next() {
                    try writer.write(Self.text("you said \(text.value)"))
                }
            },
            .unary(path + "Fail") {
                (text: Google_Protobuf_StringValue, _) throws(Status) -> Google_Protobuf_StringValue
                in
                throw Self.failure(text.value)
            },
            .serverStreaming(path + "Hang") {
                (_: Google_Protobuf_StringValue, call, writer) throws(Status) in
                try writer.write(Self.text("started"))
                throw self.hang(call)
            },
            .unary(path + "AwaitCancelled") {
                (_: Google_Protobuf_StringValue, _) -> Google_Protobuf_StringValue in
                self.cancelled.wait { $0 > 0 ? () : nil }
                return Self.text("cancelled")
            },
        ]
    }

    /// Sends back metadata whose names begin with `echo-`, before and behind the message.
    private static func reflect(_ call: Call) {
        for entry in call.metadata.entries where entry.name.hasPrefix("echo-") {
            call.addInitial("initial-" + entry.name, entry.value)
            call.addTrailing("trailing-" + entry.name, entry.value)
        }
    }

    /// `count:size` messages.
    private static func expand(
        _ wanted: String, to writer: MessageWriter<Google_Protobuf_StringValue>
    ) throws(Status) {
        let parts = wanted.split(separator: ":").compactMap { Int($0) }
        guard parts.count == 2 else { throw Status(.invalidArgument, "count:size is wanted") }
        let message = text(String(repeating: "x", count: parts[1]))
        for _ in 0..<parts[0] { try writer.write(message) }
    }

    /// `code:message`, with a google.rpc.BadRequest.
    private static func failure(_ wanted: String) -> Status {
        let parts = wanted.split(separator: ":", maxSplits: 1)
        let code = parts.first.flatMap { UInt8($0) }.flatMap { GRPCCode(rawValue: $0) }
        var violation = Google_Rpc_BadRequest.FieldViolation()
        violation.field = "value"
        violation.description_p = "asked to fail"
        var details = Google_Rpc_BadRequest()
        details.fieldViolations = [violation]
        return Status(code ?? .unknown, parts.last.map(String.init) ?? "", details: [details])
    }

    /// Waits until nobody waits for the call any more.
    private func hang(_ call: Call) -> Status {
        let isOver = Monitor(false)
        call.whenCancelled { isOver.change { $0 = true } }
        isOver.wait { $0 ? () : nil }
        cancelled.change { $0 += 1 }
        return Status(.cancelled, "at last")
    }
}
