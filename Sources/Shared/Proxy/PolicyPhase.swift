internal import Bytes
public import HTTP
internal import IO
internal import Rego
public import Telemetry
public import Transport

/// Asks policy about requests, for one worker: the only place where a `Permit` is made.
/// Unknown is denied: no answer, an error, or an answer that is no decision never lets through.
public final class PolicyPhase {
    public enum Answer: ~Copyable {
        case permit(Permit)
        /// Policy reads the content: ask again once this much is there.
        case needsContent(bytesMax: Int)
    }

    private let context: StaticString
    private let contentBytesMax: Int
    private let metrics: SluiceMetrics
    private let shard: MetricShard
    private var evaluator: Evaluator?
    private var cache = DecisionCache()
    /// The last answer, until policy is asked again.
    private var verdict = PolicyVerdict.none

    /// - Parameters:
    ///   - context: the role's name in the input's metadata.
    ///   - contentBytesMax: how much of a request's content policy may see.
    public init(
        context: StaticString, contentBytesMax: Int, metrics: SluiceMetrics, shard: MetricShard
    ) {
        self.context = context
        self.contentBytesMax = contentBytesMax
        self.metrics = metrics
        self.shard = shard
    }

    public func ask(
        _ question: PolicyQuestion, _ head: borrowing RequestHead, _ request: IncomingRequest,
        _ point: DecisionPoint, _ record: RequestRecords.Pointer
    ) throws(Refusal) -> Answer {
        let needsContent = !point.needs.isDisjoint(with: .content) && head.framing != .none
        if needsContent, request.contentIsComplete == nil {
            return .needsContent(bytesMax: contentBytesMax)
        }
        let took = decide(question, head, request, point, record.pointee.requestID)
        record.pointee.policyNanoseconds = took ?? 0
        switch verdict.isAllowed {
        case true:
            record.pointee.decision = .allowed
            metrics.decided(.allow, nanoseconds: took, shard)
            return .permit(Permit(verdict))
        case false:
            record.pointee.decision = .denied
            metrics.decided(.deny, nanoseconds: took, shard)
            throw .denied(status: denialStatus)
        case nil:
            record.pointee.decision = .failed
            metrics.decided(.error, nanoseconds: took, shard)
            throw .policyFailed
        }
    }

    /// Why policy denied the last request, for its problem details.
    public var reasons: [String] { verdict.reasons.strings(atMost: Self.reasonsMax) }

    /// Adds to the answer of a denied request what policy wants in it. True when policy wrote the
    /// content itself.
    public func decorate(_ reply: Reply) -> Bool {
        DecidedFields(verdict.headers).appendLines(to: &reply.lines)
        guard verdict.body.isString else { return false }
        reply.content.append(contentsOf: verdict.body.stringBytes)
        return true
    }

    private static let reasonsMax = 32

    // MARK: one evaluation

    /// What one decision may use: all other requests of the worker wait for it. Decisions take
    /// microseconds; what is here is for policies that went wrong.
    private static let limits: Limits = {
        var limits = Limits()
        limits.instructionsMax = 10_000_000
        limits.arenaBytesMax = 64 << 20
        limits.timeNanosecondsMax = 250_000_000
        return limits
    }()

    /// Finds the verdict; how many nanoseconds its evaluation took, if there was one.
    private func decide(
        _ question: PolicyQuestion, _ head: borrowing RequestHead, _ request: IncomingRequest,
        _ point: DecisionPoint, _ requestID: RequestID
    ) -> UInt64? {
        let evaluator = evaluator(for: point)
        evaluator.begin()
        let input = PolicyInput(
            arena: evaluator.arena, shapes: point.shapes, needs: point.needs, request: request,
            question: question, requestID: requestID, context: context)
        let key = point.isKeyed ? DecisionKey.make(input, head) : .undefined
        if key.isDefined, let known = cache.find(key) {
            verdict = known
            return nil
        }
        let started = Clock.monotonicNanoseconds
        do throws(EvaluationError) {
            let answer = try evaluator.evaluate(
                point.entry, input: input.build(head), nowNanoseconds: request.wallNanoseconds)
            verdict = PolicyVerdict(answer, point.names)
            if key.isDefined, evaluator.isRepeatable { cache.add(verdict, for: key) }
        } catch {
            verdict = .none
        }
        return Clock.monotonicNanoseconds &- started
    }

    private func evaluator(for point: DecisionPoint) -> Evaluator {
        guard let evaluator else {
            let made = Evaluator(point.snapshot, limits: Self.limits)
            evaluator = made
            return made
        }
        if evaluator.snapshot !== point.snapshot {
            evaluator.snapshot = point.snapshot
            cache.removeAll()
        }
        return evaluator
    }

    /// What policy asks for, if it is the status of a final response.
    private var denialStatus: Int {
        let status = verdict.status.int64 ?? 403
        return (200...599).contains(status) ? Int(status) : 403
    }
}
