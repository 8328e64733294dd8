internal import Bytes
internal import GRPC
internal import HTTP
internal import Proxy
internal import Telemetry
internal import Transport

/// agentd's HTTP API: what a worker answers by itself, and the service's methods by their rules.
final class AgentdHandler: RequestHandler {
    private let state: AgentdState
    private let shard: MetricShard
    private let calls: GRPCHandler
    private let executor: any CapabilityExecutor
    private let noFilter = FieldFilter()
    private var problems = ProblemDetails()
    private var writer = JSONWriter(capacity: 1024)

    init(
        _ state: AgentdState, shard: MetricShard, calls: GRPCHandler,
        executor: any CapabilityExecutor
    ) {
        self.executor = executor
        self.state = state
        self.shard = shard
        self.calls = calls
    }

    func decide(
        _ head: borrowing RequestHead, _ request: IncomingRequest, _ reply: Reply
    ) -> Decision {
        let path = head.path.slice(of: request.bytes)
        guard let endpoint = Endpoint(path) else { return calls.decide(head, request, reply) }
        guard head.method == .get || head.method == .head else {
            reply.lines.append("Allow: GET, HEAD\r\n")
            problems.write(
                405, code: "method_not_allowed", detail: "This resource can only be read.",
                to: reply)
            return .answer
        }
        guard !endpoint.needsToken || isAdmitted(head, request.bytes) else {
            reply.lines.append("WWW-Authenticate: Bearer realm=\"agentd\"\r\n")
            problems.write(
                401, code: "unauthenticated", detail: "The request carries no valid token.",
                to: reply)
            return .answer
        }
        serve(endpoint, head, request, reply)
        reply.compress(ifAccepted: head.acceptsGzip(in: request.bytes))
        return .answer
    }

    private func isAdmitted(
        _ head: borrowing RequestHead, _ bytes: UnsafeRawBufferPointer
    ) -> Bool {
        guard state.token.isNeeded else { return true }
        guard case .one(let range) = head.fields.single(.authorization) else { return false }
        return state.token.admits(range.slice(of: bytes))
    }

    func respond(
        with head: borrowing ResponseHead, _ bytes: UnsafeRawBufferPointer, to exchange: UInt32,
        _ reply: Reply
    ) -> FieldFilter { noFilter }

    func refuse(_ fault: TransportFault, _ request: IncomingRequest, _ reply: Reply) {
        if calls.isServing(request.exchange) { return calls.refuse(fault, request, reply) }
        let refusal = Refusal.transport(fault)
        problems.write(
            refusal.status, code: refusal.code, detail: refusal.detail, to: reply)
    }

    func record(_ exchange: UInt32, _ outcome: ExchangeOutcome) {
        calls.record(exchange, outcome)
        shard.add(state.downstream.requests)
        shard.add(state.downstream.bytesSent, outcome.contentBytesSent)
        guard outcome.status > 0 else { return }
        state.downstream.answered(
            status: outcome.status, nanoseconds: outcome.ended &- outcome.started, shard)
    }

    // MARK: calls

    func take(_ content: UnsafeRawBufferPointer, isLast: Bool, of exchange: UInt32) -> Bool {
        calls.take(content, isLast: isLast, of: exchange)
    }

    func drained(_ exchange: UInt32) { calls.drained(exchange) }
    func deadlinePassed(_ exchange: UInt32) { calls.deadlinePassed(exchange) }
    func drain(_ exchange: UInt32) { calls.drain(exchange) }
    func woken() { calls.woken() }

    // MARK: resources

    private enum Endpoint: CaseIterable {
        case health, ready, status, openAPI, metrics

        var path: StaticString {
            switch self {
            case .health: "/health"
            case .ready: "/ready"
            case .status: "/api/v1/status"
            case .openAPI: "/api/v1/openapi.json"
            case .metrics: "/metrics"
            }
        }

        var needsToken: Bool { self == .status }

        init?(_ path: UnsafeRawBufferPointer) {
            for candidate in Endpoint.allCases {
                let text = candidate.path
                let bytes = UnsafeRawBufferPointer(
                    start: text.utf8Start, count: text.utf8CodeUnitCount)
                if path.elementsEqual(bytes) {
                    self = candidate
                    return
                }
            }
            return nil
        }
    }

    private func serve(
        _ endpoint: Endpoint, _ head: borrowing RequestHead, _ request: IncomingRequest,
        _ reply: Reply
    ) {
        switch endpoint {
        case .health: tellHealth(reply)
        case .ready: tellReady(reply)
        case .status: describe(head, request, reply)
        case .openAPI:
            reply.lines.append("Content-Type: application/json\r\n")
            reply.content.append(contentsOf: state.openAPI)
        case .metrics:
            reply.lines.append("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n")
            reply.content.append(contentsOf: state.registry.render())
        }
    }

    /// 503 when nothing can be run although it should be; so is it for `tellReady`.
    private func tellHealth(_ reply: Reply) {
        let health = executor.health
        begin()
        writer.member("status", health.status)
        if let reason = health.details["reason"] { writer.member("reason", reason) }
        end(health.healthy ? 200 : 503, reply)
    }

    private func tellReady(_ reply: Reply) {
        let isReady = executor.health.healthy
        begin()
        writer.member("status", isReady ? "ready" : "not ready")
        end(isReady ? 200 : 503, reply)
    }

    private func describe(
        _ head: borrowing RequestHead, _ request: IncomingRequest, _ reply: Reply
    ) {
        let health = executor.health
        begin()
        writer.member("status", health.status)
        writer.member("version", state.version)
        writer.key("uptime_seconds")
        writer.integer(Int64(state.uptimeSeconds(now: request.now)))
        writer.key("sandboxes")
        writer.integer(Int64(health.details["sandboxes"] ?? "") ?? 0)
        if case .one(let keyID) = head.fields.single(.xAuthenticatedKeyID) {
            writer.key("key_id")
            writer.string(keyID.slice(of: request.bytes))
        }
        end(200, reply)
    }

    // MARK: pieces

    private func begin() {
        writer.removeAll()
        writer.beginObject()
    }

    private func end(_ status: Int, _ reply: Reply) {
        writer.endObject()
        reply.status = status
        reply.lines.append("Content-Type: application/json\r\n")
        reply.content.append(contentsOf: writer.bytes)
    }
}
