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
            var lines = record.pointee.beginResponseLines()
            permit.responseFields.appendLines(to: &lines)
            return record.pointee.endResponseLines(lines)
        }
        let chosen = Span<UInt8>(_unsafeBytes: permit.tier)
        // A tier that policy makes up is not in the data: the key's own holds then.
        let tier =
            (chosen.isEmpty ? nil : snapshot.tiers.handle(named: chosen))
            ?? snapshot.keys.tier(of: key)
        keep(tier, of: snapshot.tiers, record)
        var lines = record.pointee.beginResponseLines()
        switch snapshot.limiter.lease(key, tier: tier, nowNanoseconds: request.now) {
        case .granted(_, let standing):
            RateLimitField.appendLines(of: standing, tiers: snapshot.tiers, to: &lines)
            permit.responseFields.appendLines(to: &lines)
            record.pointee.endResponseLines(lines)
        case .refused(let standing):
            settings.metrics.rateLimited(.key, shard)
            RateLimitField.appendLines(of: standing, tiers: snapshot.tiers, to: &lines)
            record.pointee.endResponseLines(lines)
            throw .keyLimited
        }
    }

    private func keep(
        _ tier: RateLimitTiers.Handle, of tiers: RateLimitTiers, _ record: RequestRecords.Pointer
    ) {
        record.pointee.keep(tier: tiers.name(of: tier))
    }
}
