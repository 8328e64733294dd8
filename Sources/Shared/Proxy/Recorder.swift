internal import IO
public import Telemetry
public import Transport

/// Logs and counts every exchange, whatever became of it. One per worker.
public struct Recorder: ~Copyable {
    /// How a role's clients identify themselves: which names its log has of them.
    public enum Caller: Sendable {
        case key, sandbox
    }

    private let ring: AccessRing?
    let shard: MetricShard
    let downstream: DownstreamMetrics
    private let caller: Caller
    private let operations: Log
    /// By the worker's numbers of its upstreams; nil for those of other roles.
    private var clusters: [ClusterMetrics?] = []
    /// Their names in the configuration, and in their certificates.
    private var names: [(upstream: String, host: String)] = []

    /// - Parameter ring: nil when no access log is kept.
    public init(
        ring: AccessRing?, shard: MetricShard, downstream: DownstreamMetrics, caller: Caller,
        log: Log
    ) {
        self.ring = ring
        self.shard = shard
        self.downstream = downstream
        self.caller = caller
        operations = log
    }

    /// Counts what is forwarded to an upstream from now on, or nothing of it for nil.
    ///
    /// - Parameter number: the worker's, as `Worker.addUpstream` gave it.
    public mutating func count(
        _ cluster: ClusterMetrics?, for upstream: Upstream, number: Int
    ) {
        while clusters.count <= number {
            clusters.append(nil)
            names.append(("", ""))
        }
        clusters[number] = cluster
        names[number] = (upstream.name, upstream.tls?.serverName ?? "")
    }

    /// A request's head is complete.
    public func begin() {
        shard.add(downstream.requests)
        shard.increment(downstream.requestsActive)
    }

    public func end(_ record: borrowing RequestRecord, _ outcome: ExchangeOutcome) {
        count(outcome)
        log(record, outcome)
        if case .tlsFailed(let failure) = outcome.fault { complain(failure, outcome.upstream) }
    }

    /// The one place that says why: the client learns only that it did not work.
    private func complain(_ failure: TLSFailure, _ number: Int?) {
        guard let number, names.indices.contains(number) else { return }
        operations.error(
            "an upstream could not be reached securely",
            [
                "upstream": .text(names[number].upstream), "host": .text(names[number].host),
                "reason": .text(failure.reason),
            ])
    }

    private func count(_ outcome: ExchangeOutcome) {
        shard.decrement(downstream.requestsActive)
        shard.add(downstream.bytesReceived, outcome.contentBytesReceived)
        shard.add(downstream.bytesSent, outcome.contentBytesSent)
        if case .malformedHead = outcome.fault { shard.add(downstream.requestsRejected) }
        if outcome.status > 0 {
            downstream.answered(
                status: outcome.status, nanoseconds: outcome.ended &- outcome.started, shard)
        }
        guard let upstream = outcome.upstream, clusters.indices.contains(upstream),
            let cluster = clusters[upstream]
        else { return }
        count(outcome, cluster)
    }

    private func count(_ outcome: ExchangeOutcome, _ cluster: borrowing ClusterMetrics) {
        shard.add(cluster.requests)
        if outcome.wasRetried { shard.add(cluster.retries) }
        switch outcome.fault {
        case .connectFailed, .tlsFailed: shard.add(cluster.connectionFailures)
        case .connectTimeout: shard.add(cluster.connectionTimeouts)
        case .upstreamTimeout: shard.add(cluster.requestTimeouts)
        case nil:
            shard.add(cluster.bytesReceived, outcome.contentBytesSent)
            shard.add(cluster.bytesSent, outcome.contentBytesReceived)
            cluster.answered(
                status: outcome.status, nanoseconds: outcome.ended &- outcome.started, shard)
        case .malformedHead, .malformedContent, .requestTimeout, .protocolRefused, .clientClosed,
            .unresolved,
            .overflow, .upstreamClosed, .malformedResponse, .codedContent, .tunnelIdle,
            .buffersFull, .headTooLarge, .drained:
            return
        }
    }

    /// Who calls whom, which is null when that is not known.
    private func addSandbox(_ record: borrowing RequestRecord, _ line: inout AccessLine) {
        guard caller == .sandbox else { return }
        add(.sandboxID, record.bytes(record.sandboxID), &line)
        add(.destination, record.bytes(record.destination), &line)
        line.plain(.decisionID, record.bytes(record.requestIDText))
    }

    private func add(
        _ field: AccessField, _ text: UnsafeBufferPointer<UInt8>, _ line: inout AccessLine
    ) {
        if text.isEmpty { line.absent(field) } else { line.text(field, text.span) }
    }

    private func log(_ record: borrowing RequestRecord, _ outcome: ExchangeOutcome) {
        // A ring that is bound to a name is a ring whose references are counted.
        guard var line = ring?.begin(wallNanoseconds: record.wallNanoseconds) else { return }
        line.plain(.client, record.bytes(record.clientText))
        addSandbox(record, &line)
        line.text(.method, record.bytes(record.method).span)
        line.path(record.bytes(record.path).span)
        line.number(.status, UInt64(outcome.status))
        line.duration(.durationMilliseconds, nanoseconds: outcome.ended &- outcome.started)
        line.plain(.requestID, record.bytes(record.requestIDText))
        line.text(.userAgent, record.bytes(record.userAgent).span)
        if caller == .key { line.text(.authStatus, record.authentication.text) }
        if record.keyID.length > 0 { line.text(.keyID, record.bytes(record.keyID).span) }
        if record.tier.length > 0 { line.text(.tier, record.bytes(record.tier).span) }
        line.number(.bytesReceived, outcome.contentBytesReceived)
        line.number(.bytesSent, outcome.contentBytesSent)
        if let address = outcome.upstreamAddress {
            line.endpoint(.upstreamHost, address)
            line.duration(
                .upstreamMilliseconds, nanoseconds: outcome.responded &- outcome.started)
        }
        if record.decision != .none || caller == .sandbox {
            line.text(.authzStatus, record.decision.text)
            line.duration(.policyMilliseconds, nanoseconds: record.policyNanoseconds)
        }
        line.plain(
            .traceID,
            UnsafeBufferPointer(
                rebasing: record.bytes(record.traceparent)[TraceContext.traceIDRange]))
        if let fault = outcome.fault {
            line.text(.reason, Refusal.transport(fault).code)
        } else if let reason = record.reason {
            line.text(.reason, reason.code)
        }
        ring?.commit(line)
    }
}

extension RequestRecord.Authentication {
    var text: StaticString {
        switch self {
        case .none: "none"
        case .ok: "ok"
        case .missing: "missing"
        case .ambiguous: "ambiguous"
        case .unknown: "unknown"
        case .disabled: "disabled"
        case .expired: "expired"
        case .notYetValid: "not_yet_valid"
        }
    }
}

extension RequestRecord.Decision {
    var text: StaticString {
        switch self {
        case .none: "none"
        case .allowed: "allowed"
        case .denied: "denied"
        case .failed: "failed"
        }
    }
}
