internal import Bytes

/// All tiers of one configuration: immutable, looked up by position.
public final class RateLimitTiers: Sendable {
    /// Names a tier of one `RateLimitTiers`.
    public struct Handle: Hashable, Sendable {
        let index: Int
    }

    struct Tier: Sendable {
        let minute: RateLimitWindow
        let hour: RateLimitWindow
        let name: ByteArena.Slice
        /// The value of `RateLimit-Policy`.
        let policy: ByteArena.Slice

        var isLimited: Bool { minute.isLimited || hour.isLimited }
    }

    private let tiers: [Tier]
    private let handles: [String: Handle]
    private let bytes: ByteArena

    /// - Throws: the first fault found.
    public init(_ definitions: [RateLimitTier]) throws(RateLimitTierFault) {
        var tiers: [Tier] = []
        var handles: [String: Handle] = [:]
        var store: [UInt8] = []
        for definition in definitions {
            let tier = try RateLimitTiers.tier(definition, store: &store)
            let handle = Handle(index: tiers.count)
            guard handles.updateValue(handle, forKey: definition.name) == nil else {
                throw RateLimitTierFault(tier: definition.name, reason: .duplicateName)
            }
            tiers.append(tier)
        }
        self.tiers = tiers
        self.handles = handles
        bytes = ByteArena(store)
    }

    public func handle(named name: String) -> Handle? { handles[name] }

    /// For a tier that policy names: a scan, since there are few, that makes no string.
    public func handle(named name: Span<UInt8>) -> Handle? {
        for index in tiers.indices {
            let candidate = bytes.bytes(tiers[index].name)
            guard candidate.count == name.count else { continue }
            var same = 0
            while same < name.count, name[same] == candidate[same] { same += 1 }
            if same == name.count { return Handle(index: index) }
        }
        return nil
    }

    /// The tier's name, as `x-rate-limit-tier` carries it.
    @_lifetime(borrow self)
    public func name(of tier: Handle) -> Span<UInt8> {
        let bytes = bytes.bytes(tiers[tier.index].name)
        return _overrideLifetime(Span(_unsafeElements: bytes), borrowing: self)
    }

    @_lifetime(borrow self)
    func policy(of tier: Handle) -> Span<UInt8> {
        let bytes = bytes.bytes(tiers[tier.index].policy)
        return _overrideLifetime(Span(_unsafeElements: bytes), borrowing: self)
    }

    subscript(tier: Handle) -> Tier { tiers[tier.index] }
}

// MARK: - From definitions

extension RateLimitTiers {
    private static func tier(
        _ definition: RateLimitTier, store: inout [UInt8]
    ) throws(RateLimitTierFault) -> Tier {
        func fault(_ reason: RateLimitTierFault.Reason) -> RateLimitTierFault {
            RateLimitTierFault(tier: definition.name, reason: reason)
        }
        guard (1...KeyIndex.nameBytesMax).contains(definition.name.utf8.count),
            definition.name.utf8.allSatisfy({ (0x21...0x7E) ~= $0 })
        else { throw fault(.badName) }
        let minute = try minuteWindow(definition)
        var hour = RateLimitWindow.unlimited
        if let requests = definition.requestsPerHour, requests != -1 {
            guard let window = RateLimitWindow(requests: requests, seconds: 3600, burst: requests)
            else { throw fault(.badRate(field: "requests_per_hour")) }
            hour = window
        }
        let policy = policyText(minute: minute, hour: hour)
        guard let name = ByteArena.Slice(appending: definition.name.utf8, to: &store),
            let policy = ByteArena.Slice(appending: policy.utf8, to: &store)
        else { throw fault(.badName) }
        return Tier(minute: minute, hour: hour, name: name, policy: policy)
    }

    private static func minuteWindow(
        _ definition: RateLimitTier
    ) throws(RateLimitTierFault) -> RateLimitWindow {
        let requests = definition.requestsPerMinute
        if requests == -1, definition.burst == nil { return .unlimited }
        guard requests >= 1, requests <= RateLimitWindow.requestsMax else {
            let isRate = requests != -1
            throw RateLimitTierFault(
                tier: definition.name,
                reason: isRate ? .badRate(field: "requests_per_minute") : .badBurst)
        }
        guard
            let window = RateLimitWindow(
                requests: requests, seconds: 60, burst: definition.burst ?? requests)
        else { throw RateLimitTierFault(tier: definition.name, reason: .badBurst) }
        return window
    }

    private static func policyText(minute: RateLimitWindow, hour: RateLimitWindow) -> String {
        var parts: [String] = []
        if minute.isLimited { parts.append("\"minute\";q=\(minute.requests);w=60") }
        if hour.isLimited { parts.append("\"hour\";q=\(hour.requests);w=3600") }
        return parts.joined(separator: ", ")
    }
}
