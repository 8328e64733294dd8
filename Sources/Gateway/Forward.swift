internal import Bytes
internal import HTTP
internal import Proxy
internal import Transport

/// Says what the upstream gets: where, with which path, and which fields are added.
struct Forward: ~Copyable {
    private let settings: GatewaySettings
    private let queries: QueryRewriter
    private let firstUpstream: Int

    init(_ settings: GatewaySettings, firstUpstream: Int) {
        self.settings = settings
        self.firstUpstream = firstUpstream
        queries = QueryRewriter(targetBytesMax: settings.targetBytesMax)
    }

    /// Uses the permit up.
    func plan(
        _ permit: consuming Permit, _ path: UnsafeRawBufferPointer, _ route: RouteTable.Treatment,
        _ head: borrowing RequestHead, _ request: IncomingRequest,
        _ record: RequestRecords.Pointer, _ reply: Reply
    ) throws(Refusal) -> Decision {
        let query = try queries.rewrite(head, request, permit)
        addIdentity(record, reply)
        reply.lines.append(settings.upstreamLines[route.upstream])
        addTrace(record, request, reply)
        reply.apply(permit, except: settings.requestFilter)
        var forwarding = Forwarding(
            upstream: firstUpstream + route.upstream, path: path, stripped: settings.requestFilter,
            idleNanoseconds: route.idleNanoseconds)
        forwarding.query = query
        forwarding.allowsWebSocket = route.allowsWebSocket
        return .forward(forwarding)
    }

    /// Who calls: agentd takes it from here and from nobody else.
    private func addIdentity(_ record: RequestRecords.Pointer, _ reply: Reply) {
        let keyID = record.pointee.bytes(record.pointee.keyID)
        guard !keyID.isEmpty else { return }
        reply.lines.append("x-authenticated-key-id: ")
        reply.lines.append(keyID)
        reply.lines.append("\r\nx-authenticated-role: ")
        reply.lines.append(record.pointee.bytes(record.pointee.role))
        reply.lines.append("\r\nx-rate-limit-tier: ")
        reply.lines.append(record.pointee.bytes(record.pointee.tier))
        reply.lines.append("\r\n")
    }

    private func addTrace(
        _ record: RequestRecords.Pointer, _ request: IncomingRequest, _ reply: Reply
    ) {
        reply.lines.append("x-request-id: ")
        reply.lines.append(record.pointee.bytes(record.pointee.requestIDText))
        reply.lines.append("\r\ntraceparent: ")
        reply.lines.append(record.pointee.bytes(record.pointee.traceparent))
        reply.lines.append("\r\nx-forwarded-for: ")
        reply.lines.append(record.pointee.bytes(record.pointee.clientText))
        reply.lines.append(
            request.isSecure
                ? "\r\nx-forwarded-proto: https\r\n" : "\r\nx-forwarded-proto: http\r\n")
    }
}
