internal import Bytes
public import HTTP
internal import Telemetry
public import Transport

/// What a role's worker does at both ends of an exchange, whatever the role: it opens the record
/// with its identifiers, writes refusals, and closes the record into log and metrics.
public struct RequestJournal: ~Copyable {
    public var recorder: Recorder
    private var records = RequestRecords()
    private var problems = ProblemDetails()
    private var random = RandomSource()

    public init(_ recorder: consuming Recorder) { self.recorder = recorder }

    /// The record of an exchange that has begun.
    public subscript(exchange: UInt32) -> RequestRecords.Pointer? { records[exchange] }

    // MARK: beginnings

    /// The record of a request whose head is there; the same one when it is decided about again.
    public mutating func begin(
        _ head: borrowing RequestHead, _ request: IncomingRequest
    ) -> RequestRecords.Pointer {
        if request.wasDecided, let record = records[request.exchange] { return record }
        let record = begin(request, trace: continuedTrace(head, request))
        record.pointee.isGRPC = head.isGRPC(in: request.bytes)
        let userAgent = head.fields.first(.userAgent)?.valueRange ?? .empty
        record.pointee.keep(
            method: head.methodRange.slice(of: request.bytes),
            path: head.target.slice(of: request.bytes),
            userAgent: userAgent.slice(of: request.bytes))
        return record
    }

    /// The record of a request for an answer to a fault: a new one when its head was not read.
    public mutating func beginFaulty(_ request: IncomingRequest) -> RequestRecords.Pointer {
        if request.wasDecided, let record = records[request.exchange] { return record }
        let record = begin(request, trace: TraceContext(isSampled: false, random: &random))
        record.pointee.isGRPC = request.isCall
        return record
    }

    private mutating func begin(
        _ request: IncomingRequest, trace: TraceContext
    ) -> RequestRecords.Pointer {
        recorder.begin()
        let id = RequestID(wallNanoseconds: request.wallNanoseconds, random: &random)
        return records.begin(request, requestID: id, trace: trace)
    }

    private mutating func continuedTrace(
        _ head: borrowing RequestHead, _ request: IncomingRequest
    ) -> TraceContext {
        if case .one(let range) = head.fields.single(.traceparent),
            let sent = TraceContext(
                parsing: Span(_unsafeBytes: range.slice(of: request.bytes)))
        {
            return sent.child(random: &random)
        }
        return TraceContext(isSampled: false, random: &random)
    }

    // MARK: ends

    /// Makes `reply` the answer to a refused request.
    ///
    /// - Parameter policy: the phase that was asked last, for the reasons of a denial.
    public mutating func refuse(
        _ refusal: Refusal, _ record: RequestRecords.Pointer, _ policy: PolicyPhase,
        _ reply: Reply
    ) {
        record.pointee.reason = refusal
        appendLines(of: record, to: reply)
        var reasons: [String] = []
        if case .denied(let status) = refusal {
            if !record.pointee.isGRPC, policy.decorate(reply) {
                reply.status = status
                return
            }
            reasons = policy.reasons
        }
        if record.pointee.isGRPC { return refusal.writeGRPC(reasons: reasons, to: reply) }
        problems.write(
            refusal, requestID: record.pointee.requestID, reasons: reasons, to: reply)
    }

    /// The exchange is over.
    public func end(_ exchange: UInt32, _ outcome: ExchangeOutcome) {
        guard let record = records[exchange] else { return }
        recorder.end(record.pointee, outcome)
    }

    /// What every response carries: the request's id, and what its record keeps for it.
    public func appendLines(of record: RequestRecords.Pointer, to reply: Reply) {
        reply.lines.append("x-request-id: ")
        reply.lines.append(record.pointee.bytes(record.pointee.requestIDText))
        reply.lines.append("\r\n")
        appendKeptLines(of: record, to: reply)
    }

    /// The same without the id, for a response that has one of its own.
    public func appendKeptLines(of record: RequestRecords.Pointer, to reply: Reply) {
        reply.lines.append(record.pointee.bytes(record.pointee.responseLines))
    }
}
