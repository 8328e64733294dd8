internal import Bytes
internal import HTTP
internal import Proxy
internal import Telemetry
internal import Transport

/// Passes the requests of one sandbox on to the egress, as that sandbox: whatever they say of who
/// makes them is dropped, and what the daemon knows takes its place. Which listener a connection
/// came through tells which sandbox it is; there is nothing in a request that could.
final class SandboxRelay: RequestHandler {
    private var proof: SandboxProof
    private let upstream: Int
    private let metrics: DownstreamMetrics
    private let shard: MetricShard
    private var random = RandomSource()
    private var problems = ProblemDetails()
    private let noFilter = FieldFilter()

    /// Who calls, on whose behalf, and which request it is: the daemon's to say.
    private static let stripped = FieldFilter(
        names: [.xRequestID, .traceparent],
        spelled: ["tracestate"],
        prefixes: ["x-sandbox-", "x-authz-", "x-agentd-", "x-forwarded-", "x-envoy-", "proxy-"])

    /// The egress knows how long each service may be silent.
    private static let idleNanoseconds: UInt64 = 86_400_000_000_000

    init(
        _ proof: SandboxProof, upstream: Int, _ metrics: DownstreamMetrics, _ shard: MetricShard
    ) {
        self.proof = proof
        self.upstream = upstream
        self.metrics = metrics
        self.shard = shard
    }

    func decide(
        _ head: borrowing RequestHead, _ request: IncomingRequest, _ reply: Reply
    ) -> Decision {
        reply.lines.append(
            proof.fieldLines(nowSeconds: request.wallNanoseconds / 1_000_000_000).span)
        reply.lines.append("x-request-id: ")
        RequestID(wallNanoseconds: request.wallNanoseconds, random: &random)
            .append(to: &reply.lines)
        reply.lines.append("\r\ntraceparent: ")
        TraceContext(isSampled: false, random: &random).append(to: &reply.lines)
        reply.lines.append("\r\n")
        var forwarding = Forwarding(
            upstream: upstream, path: head.path.slice(of: request.bytes),
            stripped: Self.stripped, idleNanoseconds: Self.idleNanoseconds)
        forwarding.isToProxy = true
        forwarding.allowsWebSocket = true
        return .forward(forwarding)
    }

    func respond(
        with head: borrowing ResponseHead, _ bytes: UnsafeRawBufferPointer, to exchange: UInt32,
        _ reply: Reply
    ) -> FieldFilter { noFilter }

    func refuse(_ fault: TransportFault, _ request: IncomingRequest, _ reply: Reply) {
        let refusal = Refusal.transport(fault)
        problems.write(refusal.status, code: refusal.code, detail: refusal.detail, to: reply)
        reply.lines.append("X-Sandbox-Refusal: ")
        reply.lines.append(refusal.code)
        reply.lines.append("\r\n")
    }

    func record(_ exchange: UInt32, _ outcome: ExchangeOutcome) {
        shard.add(metrics.requests)
        shard.add(metrics.bytesReceived, outcome.contentBytesReceived)
        shard.add(metrics.bytesSent, outcome.contentBytesSent)
        guard outcome.status > 0 else { return }
        metrics.answered(
            status: outcome.status, nanoseconds: outcome.ended &- outcome.started, shard)
    }
}
