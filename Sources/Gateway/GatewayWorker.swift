internal import HTTP
internal import IO
internal import Identity
internal import Proxy
internal import Telemetry
internal import Transport

/// The gateway's part of one worker: takes each request through the phases, in the order that
/// `decide` lists them, and has every exchange recorded.
final class GatewayWorker: RequestHandler {
    private let settings: GatewaySettings
    private var snapshots: RoleSnapshots<GatewaySnapshot>.Reader
    private let shard: MetricShard
    private let authentication: Authentication
    private let limits: KeyLimits
    private let forward: Forward
    private var desk: RequestDesk

    /// - Parameter firstUpstream: the worker's number of the first configured upstream.
    init(
        _ settings: GatewaySettings, _ desk: consuming RequestDesk,
        snapshots: consuming RoleSnapshots<GatewaySnapshot>.Reader, shard: MetricShard,
        firstUpstream: Int
    ) {
        self.settings = settings
        self.desk = desk
        self.snapshots = snapshots
        self.shard = shard
        authentication = Authentication(settings, shard)
        limits = KeyLimits(settings, shard)
        forward = Forward(settings, firstUpstream: firstUpstream)
    }

    // MARK: RequestHandler

    func decide(
        _ head: borrowing RequestHead, _ request: IncomingRequest, _ reply: Reply
    ) -> Decision {
        let record = desk.journal.begin(head, request)
        record.pointee.origin = settings.crossOrigin?.origin(of: head, request)
        return snapshots.withCurrent { snapshot in
            do throws(Refusal) {
                return try run(head, request, snapshot, record, reply)
            } catch {
                settings.crossOrigin?.appendLines(for: record.pointee.origin, to: reply)
                desk.refuse(error, record, reply)
                return .answer
            }
        }
    }

    func respond(
        with head: borrowing ResponseHead, _ bytes: UnsafeRawBufferPointer, to exchange: UInt32,
        _ reply: Reply
    ) -> FieldFilter {
        if let record = desk.journal[exchange] {
            desk.journal.appendLines(of: record, to: reply)
            settings.crossOrigin?.appendLines(for: record.pointee.origin, to: reply)
        }
        return settings.responseFilter
    }

    func refuse(_ fault: TransportFault, _ request: IncomingRequest, _ reply: Reply) {
        if request.wasDecided {
            let origin = desk.journal[request.exchange]?.pointee.origin
            settings.crossOrigin?.appendLines(for: origin, to: reply)
        }
        desk.refuse(fault, request, reply)
    }

    func count(_ event: ConnectionEvent) { desk.journal.recorder.count(event) }

    func record(_ exchange: UInt32, _ outcome: ExchangeOutcome) {
        desk.journal.end(exchange, outcome)
    }

    // MARK: the phases

    /// The phases of a request, top to bottom. Each goes on or throws what the client is told.
    private func run(
        _ head: borrowing RequestHead, _ request: IncomingRequest, _ snapshot: GatewaySnapshot,
        _ record: RequestRecords.Pointer, _ reply: Reply
    ) throws(Refusal) -> Decision {
        if !request.wasDecided { try admit(request) }
        try refuseTunnel(head, reply)
        if answersPreflight(head, record, reply) { return .answer }
        let path = try desk.path(of: head, request)
        let match = settings.routes.find(
            path.matched, method: head.methodRange.slice(of: request.bytes))
        let principal = try authentication.authenticate(
            head, request, record, snapshot.keys,
            needsKey: settings.routes.needsKey(match))
        let route = try checked(match, reply)
        let permit: Permit
        if route.asksPolicy {
            let question = PolicyQuestion(
                path: path.matched, caller: snapshot.caller(principal),
                hidden: settings.hiddenFields)
            switch try desk.ask(question, head, request, snapshot.decision, record) {
            case .permit(let given): permit = given
            case .needsContent(let bytesMax): return .gather(bytesMax: bytesMax)
            }
        } else {
            permit = Permit(openRoute: ())
        }
        try limits.take(principal, permit, snapshot, request, record)
        return try forward.plan(permit, path.forwarded, route, head, request, record, reply)
    }

    /// Browsers ask before they send a key, so nobody can be asked for one here.
    private func answersPreflight(
        _ head: borrowing RequestHead, _ record: RequestRecords.Pointer, _ reply: Reply
    ) -> Bool {
        guard let crossOrigin = settings.crossOrigin, let origin = record.pointee.origin,
            CrossOrigin.isPreflight(head)
        else { return false }
        crossOrigin.answerPreflight(reply)
        crossOrigin.appendLines(for: origin, to: reply)
        desk.journal.appendLines(of: record, to: reply)
        return true
    }

    private func checked(
        _ found: RouteTable.Match, _ reply: Reply
    ) throws(Refusal) -> RouteTable.Treatment {
        switch found {
        case .none: throw .routeNotFound
        case .route(let index): return settings.routes[index]
        case .otherMethod(let index):
            reply.lines.append("Allow: ")
            settings.routes.allow(index).withUnsafeBufferPointer { reply.lines.append($0) }
            reply.lines.append("\r\n")
            throw .methodNotAllowed
        }
    }

    /// The bucket in front of everything: what the process as a whole can bear.
    private func admit(_ request: IncomingRequest) throws(Refusal) {
        guard let bucket = settings.processBucket else { return }
        if case .refused(let seconds) = bucket.take(nowNanoseconds: request.now) {
            settings.metrics.rateLimited(.process, shard)
            throw .overloaded(retryAfterSeconds: seconds)
        }
    }

    /// What a tunnel carries could be neither decided about nor recorded (RFC 9110 §9.3.6).
    private func refuseTunnel(_ head: borrowing RequestHead, _ reply: Reply) throws(Refusal) {
        guard head.method == .connect else { return }
        RequestDesk.appendAllowed(to: reply)
        throw .methodNotAllowed
    }
}
