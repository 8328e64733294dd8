public import HTTP
public import Telemetry
public import Transport

/// The phases of a request that every role's worker takes alike: it opens the record, brings the
/// path to its normal form, asks policy, and answers what is refused.
public struct RequestDesk: ~Copyable {
    public var journal: RequestJournal
    private let policy: PolicyPhase
    private var paths: PathNormalizer

    /// - Parameter index: the worker's number, from 0.
    public init(_ front: RoleFront, index: Int, caller: Recorder.Caller) {
        let limits = front.configuration.limits
        journal = RequestJournal(front.recorder(of: index, caller: caller))
        policy = PolicyPhase(
            context: front.role.name, contentBytesMax: limits.policyBodyBytes,
            metrics: front.metrics.decisions, shard: front.shard(of: index))
        paths = PathNormalizer(pathBytesMax: limits.urlBytes)
    }

    /// The request's path in its normal form, or the refusal of one that readers could disagree on.
    public mutating func path(
        of head: borrowing RequestHead, _ request: IncomingRequest
    ) throws(Refusal) -> NormalizedPath {
        do throws(PathError) {
            return try paths.normalize(head.path.slice(of: request.bytes))
        } catch {
            throw .targetAmbiguous
        }
    }

    /// What policy says about a request: leave to forward it, or that it needs the content first.
    public func ask(
        _ question: PolicyQuestion, _ head: borrowing RequestHead, _ request: IncomingRequest,
        _ point: DecisionPoint, _ record: RequestRecords.Pointer
    ) throws(Refusal) -> PolicyPhase.Answer {
        try policy.ask(question, head, request, point, record)
    }

    /// Makes `reply` the answer to a refused request.
    public mutating func refuse(
        _ refusal: Refusal, _ record: RequestRecords.Pointer, _ reply: Reply
    ) {
        journal.refuse(refusal, record, policy, reply)
    }

    /// Makes `reply` the answer to a request that could not be read, or not be carried out.
    public mutating func refuse(
        _ fault: TransportFault, _ request: IncomingRequest, _ reply: Reply
    ) {
        refuse(.transport(fault), journal.beginFaulty(request), reply)
    }

    /// The methods of requests that are no tunnels, for a client that asked for one.
    public static func appendAllowed(to reply: Reply) {
        reply.lines.append("Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n")
    }
}
