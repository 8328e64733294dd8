internal import Bytes
internal import Identity
internal import Proxy
internal import Telemetry
internal import Transport

/// Takes a token of the key's bucket, and keeps what the response says about it.
struct KeyLimits {
    private let settings: GatewaySettings
    private let shard: MetricShard

    init(_ settings: GatewaySettings, _ shard: MetricShard) {
        self.settings = settings
        self.shard = shard
    }

    func take(
        _ principal: Principal, _ permit: borrowing Permit, _ snapshot: GatewaySnapshot,
        _ request: IncomingRequest, _ record: RequestRecords.Pointer
    ) throws(Refusal) {
        guard case .key(let key) = principal else {
            record.pointee.keepResponseLines { permit.responseFields.appendLines(to: &$0) }
            return
        }
        let chosen = Span<UInt8>(_unsafeBytes: permit.tier)
        let keys = snapshot.keys
        let tiers = snapshot.tiers
        // A tier that policy makes up is not in the data: the key's own holds then.
        let tier =
            (chosen.isEmpty ? nil : tiers.handle(named: chosen)) ?? keys.tier(of: key)
        record.pointee.keep(tier: tiers.name(of: tier))
        switch snapshot.limiter.lease(key, tier: tier, nowNanoseconds: request.now) {
        case .granted(_, let standing):
            record.pointee.keepResponseLines { line in
                RateLimitField.appendLines(of: standing, tiers: tiers, to: &line)
                permit.responseFields.appendLines(to: &line)
            }
        case .refused(let standing):
            settings.metrics.rateLimited(.key, shard)
            record.pointee.keepResponseLines { line in
                RateLimitField.appendLines(of: standing, tiers: tiers, to: &line)
            }
            throw .keyLimited
        }
    }
}
