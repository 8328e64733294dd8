internal import Bytes
internal import HTTP
internal import Proxy
internal import Telemetry
internal import Transport

/// agentd's HTTP API: what a worker answers by itself.
final class AgentdHandler: RequestHandler {
    private let state: AgentdState
    private let shard: MetricShard
    private let noFilter = FieldFilter()
    private var problems = ProblemDetails()
    private var writer = JSONWriter(capacity: 1024)

    init(_ state: AgentdState, shard: MetricShard) {
        self.state = state
        self.shard = shard
    }

    func decide(
        _ head: borrowing RequestHead, _ request: IncomingRequest, _ reply: Reply
    ) -> Decision {
        let path = head.path.slice(of: request.bytes)
        guard let endpoint = Endpoint(path) else {
            problems.write(
                404, code: "not_found", detail: "There is no such resource.", to: reply)
            return .answer
        }
        guard head.method == .get || head.method == .head else {
            reply.lines.append("Allow: GET, HEAD\r\n")
            problems.write(
                405, code: "method_not_allowed", detail: "This resource can only be read.",
                to: reply)
            return .answer
        }
        serve(endpoint, head, request, reply)
        return .answer
    }

    func respond(
        with head: borrowing ResponseHead, _ bytes: UnsafeRawBufferPointer, to exchange: UInt32,
        _ reply: Reply
    ) -> FieldFilter { noFilter }

    func refuse(_ fault: TransportFault, _ request: IncomingRequest, _ reply: Reply) {
        let refusal = Refusal.transport(fault)
        problems.write(
            refusal.status, code: refusal.code, detail: refusal.detail, to: reply)
    }

    func record(_ exchange: UInt32, _ outcome: ExchangeOutcome) {
        shard.add(state.downstream.requests)
        shard.add(state.downstream.bytesSent, outcome.contentBytesSent)
        guard outcome.status > 0 else { return }
        state.downstream.answered(
            status: outcome.status, nanoseconds: outcome.ended &- outcome.started, shard)
    }

    // MARK: resources

    private enum Endpoint: CaseIterable {
        case health, ready, status, capabilities, metrics

        var path: StaticString {
            switch self {
            case .health: "/health"
            case .ready: "/ready"
            case .status: "/api/v1/status"
            case .capabilities: "/api/v1/capabilities"
            case .metrics: "/metrics"
            }
        }

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
        case .health: status("healthy", reply)
        case .ready: status("ready", reply)
        case .status: describe(head, request, reply)
        case .capabilities: listCapabilities(reply)
        case .metrics:
            reply.lines.append("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n")
            reply.content.append(contentsOf: state.registry.render())
        }
    }

    private func status(_ word: StaticString, _ reply: Reply) {
        begin()
        member("status", word)
        end(200, reply)
    }

    private func describe(
        _ head: borrowing RequestHead, _ request: IncomingRequest, _ reply: Reply
    ) {
        begin()
        member("status", "healthy")
        writer.key("version")
        writer.string(state.version)
        writer.key("uptime_seconds")
        writer.integer(Int64(state.uptimeSeconds(now: request.now)))
        writer.key("sandboxes")
        writer.integer(0)
        if case .one(let keyID) = head.fields.single(.xAuthenticatedKeyID) {
            writer.key("key_id")
            writer.string(keyID.slice(of: request.bytes))
        }
        end(200, reply)
    }

    /// No capability can be executed yet, so none is announced.
    private func listCapabilities(_ reply: Reply) {
        begin()
        writer.key("capabilities")
        writer.beginArray()
        writer.endArray()
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

    private func member(_ name: StaticString, _ text: StaticString) {
        writer.key(name)
        writer.string(text)
    }
}
