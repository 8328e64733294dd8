internal import Audit
internal import Bytes
internal import HTTP
internal import IO
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
    private let auditor: Auditor
    private let owner: String
    private let log: Log
    /// What is under way, by the numbers of the exchanges; empty when nothing is recorded.
    private var calls: [EgressCall?] = []
    private var problems = ProblemDetails()
    /// What the egress tells the daemon.
    private static let told = FieldFilter(spelled: ["x-sandbox-request-id"])

    /// Who calls, on whose behalf, and which request it is: not a process's to say.
    private static let stripped = FieldFilter(
        names: [.xRequestID],
        prefixes: ["x-sandbox-", "x-authz-", "x-agentd-", "x-forwarded-", "x-envoy-", "proxy-"])

    /// The egress knows how long each service may be silent.
    private static let idleNanoseconds: UInt64 = 86_400_000_000_000

    init(
        _ plan: RelayPlan, upstream: Int, _ metrics: DownstreamMetrics, _ shard: MetricShard,
        _ auditor: Auditor, _ log: Log
    ) {
        proof = plan.proof
        owner = plan.owner
        self.auditor = auditor
        self.log = log
        self.upstream = upstream
        self.metrics = metrics
        self.shard = shard
    }

    func decide(
        _ head: borrowing RequestHead, _ request: IncomingRequest, _ reply: Reply
    ) -> Decision {
        if auditor.isRecording {
            if let fault = auditor.fault {
                tell(fault)
                problems.write(
                    503, code: "audit_unavailable",
                    detail: "The call cannot be recorded, so it is not made.", to: reply)
                mark(reply, "audit_unavailable")
                return .answer
            }
            note(head, request)
        }
        reply.lines.append(
            proof.fieldLines(nowSeconds: request.wallNanoseconds / 1_000_000_000).span)
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
    ) -> FieldFilter {
        if Int(exchange) < calls.count, calls[Int(exchange)] != nil {
            note(head, bytes, exchange)
        }
        return Self.told
    }

    func refuse(_ fault: TransportFault, _ request: IncomingRequest, _ reply: Reply) {
        let refusal = Refusal.transport(fault)
        problems.write(refusal.status, code: refusal.code, detail: refusal.detail, to: reply)
        mark(reply, refusal.code)
    }

    /// Tells the answer from one of a service.
    private func mark(_ reply: Reply, _ code: StaticString) {
        reply.lines.append("X-Sandbox-Refusal: ")
        reply.lines.append(code)
        reply.lines.append("\r\n")
    }

    func count(_ event: ConnectionEvent) {
        if case .accepted = event { shard.add(metrics.connections) }
    }

    func record(_ exchange: UInt32, _ outcome: ExchangeOutcome) {
        shard.add(metrics.requests)
        shard.add(metrics.bytesReceived, outcome.contentBytesReceived)
        shard.add(metrics.bytesSent, outcome.contentBytesSent)
        if outcome.status > 0 {
            metrics.answered(
                status: outcome.status, nanoseconds: outcome.ended &- outcome.started, shard)
        }
        if Int(exchange) < calls.count, let call = calls[Int(exchange)] {
            calls[Int(exchange)] = nil
            audit(call, outcome)
        }
    }

    // MARK: the audit log

    private func note(_ head: borrowing RequestHead, _ request: IncomingRequest) {
        func text(_ range: ByteRange) -> String {
            String(decoding: range.slice(of: request.bytes), as: UTF8.self)
        }
        while calls.count <= Int(request.exchange) { calls.append(nil) }
        calls[Int(request.exchange)] = EgressCall(
            requestID: "", sandboxID: proof.id, keyID: owner,
            service: text(head.authority.range), method: text(head.methodRange),
            path: text(head.path), status: nil, bytesSent: 0, bytesReceived: 0,
            durationNanoseconds: 0, decision: .allowed, causes: auditor.causes(in: proof.id))
    }

    /// What the egress says of a request that it has in its log.
    private func note(
        _ head: borrowing ResponseHead, _ bytes: UnsafeRawBufferPointer, _ exchange: UInt32
    ) {
        func value(_ name: StaticString) -> String? {
            head.fields.first(spelled: name, in: bytes).map {
                String(decoding: $0.valueRange.slice(of: bytes), as: UTF8.self)
            }
        }
        if let id = value("x-sandbox-request-id") { calls[Int(exchange)]?.requestID = id }
        guard let refusal = value("x-sandbox-refusal") else { return }
        calls[Int(exchange)]?.decision = FetchRefusal.denies(refusal) ? .denied : .failed
    }

    private func audit(_ call: EgressCall, _ outcome: ExchangeOutcome) {
        var call = call
        call.status = outcome.status > 0 ? outcome.status : nil
        if outcome.fault != nil, call.decision == .allowed { call.decision = .failed }
        call.bytesSent = outcome.contentBytesReceived
        call.bytesReceived = outcome.contentBytesSent
        call.durationNanoseconds = outcome.ended &- outcome.started
        do throws(AuditFault) {
            try auditor.called(call)
        } catch {
            tell(error)
        }
    }

    private func tell(_ fault: AuditFault) {
        log.error("a sandbox's call is not recorded", ["reason": .text(fault.description)])
    }
}
