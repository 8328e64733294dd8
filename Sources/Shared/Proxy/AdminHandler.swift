public import Bytes
public import HTTP
public import IO
public import Transport

/// The admin interface of a role, under the paths that Envoy's has. It tells; it changes nothing.
public final class AdminHandler: RequestHandler {
    /// What a role tells about itself.
    public protocol Source: AnyObject {
        /// Whether the role takes requests.
        var isReady: Bool { get }
        /// Those that listeners present.
        var certificates: [TLSCertificate] { get }
        /// Prometheus text.
        func metrics() -> [UInt8]
        /// Writes members of the object that `/server_info` answers.
        func describe(to writer: inout JSONWriter)
    }

    private let source: any Source
    private let noFilter = FieldFilter()
    private var problems = ProblemDetails()

    public init(_ source: any Source) { self.source = source }

    public func decide(
        _ head: borrowing RequestHead, _ request: IncomingRequest, _ reply: Reply
    ) -> Decision {
        guard head.method == .get || head.method == .head else {
            reply.lines.append("Allow: GET, HEAD\r\n")
            problems.write(
                405, code: "method_not_allowed", detail: "This can only be read.", to: reply)
            return .answer
        }
        let path = String(decoding: head.path.slice(of: request.bytes), as: UTF8.self)
        switch path {
        case "/ready", "/readyz": answerReadiness(reply)
        case "/livez": text("LIVE\n", reply)
        case "/stats/prometheus":
            reply.lines.append("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n")
            reply.content = source.metrics()
        case "/certs": answerCertificates(reply)
        case "/server_info": answerInformation(reply)
        default:
            problems.write(
                404, code: "not_found",
                detail: "There is /ready, /livez, /readyz, /certs, /stats/prometheus and /server_info.",
                to: reply)
        }
        reply.compress(ifAccepted: head.acceptsGzip(in: request.bytes))
        return .answer
    }

    public func respond(
        with head: borrowing ResponseHead, _ bytes: UnsafeRawBufferPointer, to exchange: UInt32,
        _ reply: Reply
    ) -> FieldFilter { noFilter }

    public func refuse(_ fault: TransportFault, _ request: IncomingRequest, _ reply: Reply) {
        let refusal = Refusal.transport(fault)
        problems.write(
            refusal.status, code: refusal.code, detail: refusal.detail, to: reply)
    }

    public func record(_ exchange: UInt32, _ outcome: ExchangeOutcome) {}

    private func answerReadiness(_ reply: Reply) {
        let isReady = source.isReady
        reply.status = isReady ? 200 : 503
        text(isReady ? "LIVE\n" : "DRAINING\n", reply)
    }

    private func answerCertificates(_ reply: Reply) {
        var writer = JSONWriter(capacity: 512)
        CertificateList(source.certificates).write(to: &writer)
        reply.lines.append("Content-Type: application/json\r\n")
        reply.content = writer.bytes
    }

    private func answerInformation(_ reply: Reply) {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        source.describe(to: &writer)
        writer.endObject()
        reply.lines.append("Content-Type: application/json\r\n")
        reply.content = writer.bytes
    }

    private func text(_ text: StaticString, _ reply: Reply) {
        reply.lines.append("Content-Type: text/plain; charset=utf-8\r\n")
        reply.content.append(
            contentsOf: UnsafeBufferPointer(
                start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
