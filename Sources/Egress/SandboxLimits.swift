internal import Bytes
internal import Identity
internal import Proxy
internal import Telemetry
internal import Transport

/// Takes a token of the bucket of a sandbox and a service, and keeps what the response says of it.
struct SandboxLimits {
    private let settings: EgressSettings
    private let shard: MetricShard

    init(_ settings: EgressSettings, _ shard: MetricShard) {
        self.settings = settings
        self.shard = shard
    }

    func take(
        _ sandbox: Sandbox, _ service: Int, _ permit: borrowing Permit,
        _ snapshot: EgressSnapshot, _ request: IncomingRequest, _ record: RequestRecords.Pointer
    ) throws(Refusal) {
        guard !record.pointee.wasLimited else { return }
        record.pointee.wasLimited = true
        // Policy allowed what no limit was set for: then nothing is.
        guard let tier = snapshot.tier(permit.tier, of: sandbox),
            let limit = snapshot.policy.egress.limit(tier: tier, service: service)
        else { throw .policyFailed }
        record.pointee.keep(tier: snapshot.name(ofTier: tier).span)
        let outcome = settings.limiter.take(
            sandbox.digest, snapshot.services.routes[service].digest, limit, of: snapshot.limits,
            nowNanoseconds: request.now)
        switch outcome {
        case .granted(let standing):
            var lines = record.pointee.beginResponseLines()
            // The service has limits of its own, and fields that tell of them.
            RateLimitField.appendRemaining(of: standing, to: &lines)
            permit.responseFields.appendLines(to: &lines)
            record.pointee.endResponseLines(lines)
        case .refused(let standing):
            settings.metrics.rateLimited(.sandbox, shard)
            var lines = record.pointee.beginResponseLines()
            RateLimitField.appendLines(of: standing, tiers: snapshot.limits, to: &lines)
            record.pointee.endResponseLines(lines)
            throw .sandboxLimited
        }
    }
}
