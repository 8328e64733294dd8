public import Bytes

/// The response fields that tell a client about its limits.
///
/// `RateLimit` and `RateLimit-Policy` as draft-ietf-httpapi-ratelimit-headers has them, one item
/// per window; `X-RateLimit-*` with seconds until reset, as Envoy writes them; Envoy's
/// `x-rate-limit-remaining`; and on a refusal `Retry-After` (RFC 9110 §10.2.3).
public enum RateLimitField: CaseIterable, Sendable {
    case rateLimit
    case policy
    case limit
    case remaining
    case reset
    case localRemaining
    case retryAfter

    /// The longest value: two windows of 20-digit numbers with their names.
    public static let valueBytesMax = 160

    /// The field's name in lower case, as HTTP/2 wants it.
    public var name: StaticString {
        @inline(__always) get {
            switch self {
            case .rateLimit: "ratelimit"
            case .policy: "ratelimit-policy"
            case .limit: "x-ratelimit-limit"
            case .remaining: "x-ratelimit-remaining"
            case .reset: "x-ratelimit-reset"
            case .localRemaining: "x-rate-limit-remaining"
            case .retryAfter: "retry-after"
            }
        }
    }

    /// Whether a response with this standing carries the field.
    @inline(__always) public func applies(to standing: RateLimitStanding) -> Bool {
        switch self {
        case .retryAfter: standing.retryAfterSeconds > 0
        case .rateLimit, .policy, .limit, .remaining, .reset, .localRemaining: standing.isLimited
        }
    }

    /// Appends the field's value.
    @inline(__always) public func appendValue(
        of standing: RateLimitStanding, tiers: RateLimitTiers, to line: inout LineBuilder
    ) {
        switch self {
        case .rateLimit: standing.appendItems(to: &line)
        case .policy: line.append(tiers.policy(of: standing.tier))
        case .limit: line.append(decimal: standing.limit)
        case .remaining, .localRemaining: line.append(decimal: standing.remaining)
        case .reset: line.append(decimal: standing.resetSeconds)
        case .retryAfter: line.append(decimal: standing.retryAfterSeconds)
        }
    }

    /// Appends all fields that apply as HTTP/1.1 field lines.
    public static func appendLines(
        of standing: RateLimitStanding, tiers: RateLimitTiers, to line: inout LineBuilder
    ) {
        // One by one, and each inlined, so that the names are stores of constants.
        RateLimitField.rateLimit.appendLine(of: standing, tiers: tiers, to: &line)
        RateLimitField.policy.appendLine(of: standing, tiers: tiers, to: &line)
        RateLimitField.limit.appendLine(of: standing, tiers: tiers, to: &line)
        RateLimitField.remaining.appendLine(of: standing, tiers: tiers, to: &line)
        RateLimitField.reset.appendLine(of: standing, tiers: tiers, to: &line)
        RateLimitField.localRemaining.appendLine(of: standing, tiers: tiers, to: &line)
        RateLimitField.retryAfter.appendLine(of: standing, tiers: tiers, to: &line)
    }

    /// Appends the field as an HTTP/1.1 field line if it applies.
    @inline(__always) public func appendLine(
        of standing: RateLimitStanding, tiers: RateLimitTiers, to line: inout LineBuilder
    ) {
        guard applies(to: standing) else { return }
        line.append(name)
        line.append(": ")
        appendValue(of: standing, tiers: tiers, to: &line)
        line.append("\r\n")
    }
}

extension RateLimitStanding {
    /// `"minute";r=59;t=1, "hour";r=999;t=4`: what is left, and seconds until all is back.
    fileprivate func appendItems(to line: inout LineBuilder) {
        if minute.isLimited {
            line.append("\"minute\";r=")
            line.append(decimal: minute.remaining)
            line.append(";t=")
            line.append(decimal: minute.resetSeconds)
        }
        guard hour.isLimited else { return }
        line.append(minute.isLimited ? ", \"hour\";r=" : "\"hour\";r=")
        line.append(decimal: hour.remaining)
        line.append(";t=")
        line.append(decimal: hour.resetSeconds)
    }
}
