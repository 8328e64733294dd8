internal import Credentials
internal import HTTP
internal import IO
internal import Identity
internal import Proxy
internal import Telemetry
internal import Transport

/// The egress's part of one worker: takes each request through the phases, in the order that `run`
/// lists them, and has every exchange recorded.
final class EgressWorker: RequestHandler {
    private let settings: EgressSettings
    private let shard: MetricShard
    private var snapshots: RoleSnapshots<EgressSnapshot>.Reader
    private var credentials: CredentialStore.Reader
    private var upstreams: EgressUpstreams
    private let identification: SandboxIdentification
    private let limits: SandboxLimits
    private let forward: EgressForward
    private let noFilter = FieldFilter()
    private var desk: RequestDesk
    private var flights = EgressFlights()

    init(
        _ settings: EgressSettings, _ desk: consuming RequestDesk,
        snapshots: consuming RoleSnapshots<EgressSnapshot>.Reader, shard: MetricShard,
        worker: Worker
    ) {
        self.settings = settings
        self.desk = desk
        self.shard = shard
        self.snapshots = snapshots
        credentials = CredentialStore.Reader(settings.credentials)
        upstreams = EgressUpstreams(worker)
        identification = SandboxIdentification(settings, shard)
        limits = SandboxLimits(settings, shard)
        forward = EgressForward(pathBytesMax: settings.targetBytesMax)
    }

    // MARK: RequestHandler

    func decide(
        _ head: borrowing RequestHead, _ request: IncomingRequest, _ reply: Reply
    ) -> Decision {
        let record = desk.journal.begin(head, request)
        do throws(Refusal) {
            return try run(head, request, record, reply)
        } catch {
            // What was written for the service is not for the sandbox.
            reply.lines.rewind(to: 0)
            if error == .methodNotAllowed { RequestDesk.appendAllowed(to: reply) }
            desk.refuse(error, record, reply)
            mark(reply, error, request.exchange)
            return .answer
        }
    }

    func respond(
        with head: borrowing ResponseHead, _ bytes: UnsafeRawBufferPointer, to exchange: UInt32,
        _ reply: Reply
    ) -> FieldFilter {
        guard let record = desk.journal[exchange] else { return noFilter }
        appendIdentifier(of: record, to: reply)
        // The service's own id is what its support asks for.
        if head.fields.first(.xRequestID) == nil {
            desk.journal.appendLines(of: record, to: reply)
        } else {
            desk.journal.appendKeptLines(of: record, to: reply)
        }
        return flights.route(of: exchange)?.responseFilter ?? noFilter
    }

    func refuse(_ fault: TransportFault, _ request: IncomingRequest, _ reply: Reply) {
        desk.refuse(fault, request, reply)
        mark(reply, .transport(fault), request.exchange)
    }

    /// Which line of the access log is the request's, whatever the service calls it.
    private func appendIdentifier(of record: RequestRecords.Pointer, to reply: Reply) {
        reply.lines.append("X-Sandbox-Request-ID: ")
        reply.lines.append(record.pointee.bytes(record.pointee.requestIDText))
        reply.lines.append("\r\n")
    }

    /// Tells the answer from one of the service, which cannot have this field.
    private func mark(_ reply: Reply, _ refusal: Refusal, _ exchange: UInt32) {
        if let record = desk.journal[exchange] { appendIdentifier(of: record, to: reply) }
        reply.lines.append("X-Sandbox-Refusal: ")
        reply.lines.append(refusal.code)
        reply.lines.append("\r\n")
    }

    func count(_ event: ConnectionEvent) { desk.journal.recorder.count(event) }

    func inspect(lines: UnsafeMutableRawBufferPointer, of exchange: UInt32) {
        flights.scrub(lines: lines, of: exchange)
    }

    func inspect(
        content piece: UnsafeMutableRawBufferPointer, behind held: UnsafeMutableRawBufferPointer,
        of exchange: UInt32
    ) -> InspectedContent { flights.scrub(content: piece, behind: held, of: exchange) }

    func finishContent(of exchange: UInt32, into held: UnsafeMutableRawBufferPointer) -> Int {
        flights.finishContent(of: exchange, into: held)
    }

    func record(_ exchange: UInt32, _ outcome: ExchangeOutcome) {
        desk.journal.end(exchange, outcome)
        let covered = flights.covered(in: exchange)
        if covered > 0, let route = flights.route(of: exchange) { tell(covered, route) }
        flights.end(exchange)
    }

    /// Counts and logs that a service's answer held what it was given.
    private func tell(_ covered: Int, _ route: EgressRoute) {
        settings.metrics.secretsCovered(UInt64(covered), shard)
        settings.log.warning(
            "a service's answer held its credential, which was covered",
            ["service": .text(route.service.name), "times": .number(Int64(covered))])
    }

    // MARK: the phases

    /// The phases of a request, top to bottom. Each goes on or throws what the sandbox is told.
    private func run(
        _ head: borrowing RequestHead, _ request: IncomingRequest,
        _ record: RequestRecords.Pointer, _ reply: Reply
    ) throws(Refusal) -> Decision {
        let snapshot = snapshots.current()
        upstreams.follow(snapshot, &desk.journal.recorder)
        let sandbox = try identification.identify(head, request, record)
        let found = try find(head, request, snapshot, record)
        let route = snapshot.services.routes[found.position]
        let path = try path(of: head, request, found, route)
        let question = PolicyQuestion(
            path: path.matched,
            caller: .sandbox(
                id: sandbox.id, service: route.name.withUnsafeBytes { $0 }, tier: sandbox.tier),
            hidden: settings.hiddenFields)
        let permit: Permit
        switch try desk.ask(question, head, request, snapshot.decision, record) {
        case .permit(let given): permit = given
        case .needsContent(let bytesMax): return .gather(bytesMax: bytesMax)
        }
        try limits.take(sandbox, found.position, permit, snapshot, request, record)
        let upstream = upstreams[found.position]
        if head.method == .connect {
            flights.begin(request.exchange, route, nil)
            return try forward.tunnel(permit, route, upstream: upstream.tunnels)
        }
        let credential = try credential(of: route, request)
        flights.begin(request.exchange, route, credential?.needles)
        return try forward.plan(
            permit, path.forwarded, route, upstream: upstream.requests, credential, head, request,
            reply)
    }

    /// What the service is given, good until the next request; nil when it is given nothing.
    private func credential(
        of route: EgressRoute, _ request: IncomingRequest
    ) throws(Refusal) -> ReadyCredential? {
        switch route.credential {
        case .none: return nil
        case .unknown: throw .credentialUnavailable
        case .known(let place):
            guard case .ready(let ready) = credentials.current().credential(
                place, now: request.now)
            else { throw .credentialUnavailable }
            return ready
        }
    }

    /// The path that policy is asked about: a tunnel has none.
    private func path(
        of head: borrowing RequestHead, _ request: IncomingRequest, _ found: ServiceTable.Found,
        _ route: EgressRoute
    ) throws(Refusal) -> NormalizedPath {
        if head.method == .connect {
            guard settings.isForwardProxy else { throw .methodNotAllowed }
            let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
            return NormalizedPath(forwarded: nothing, matched: nothing)
        }
        let path = try desk.path(of: head, request)
        return found.isByAddress ? try route.path(below: path) : path
    }

    private func find(
        _ head: borrowing RequestHead, _ request: IncomingRequest, _ snapshot: EgressSnapshot,
        _ record: RequestRecords.Pointer
    ) throws(Refusal) -> ServiceTable.Found {
        let found = snapshot.services.find(
            head, in: request.bytes, asksProxy: settings.isForwardProxy && head.asksProxy)
        guard let found else {
            record.pointee.keep(destination: head.authority.range.slice(of: request.bytes))
            throw .serviceUnknown
        }
        snapshot.services.routes[found.position].name.withUnsafeBytes {
            record.pointee.keep(destination: $0)
        }
        return found
    }
}
