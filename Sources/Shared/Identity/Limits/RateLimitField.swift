public import Bytes

/// The response fields that tell a client about its limits.
///
/// `RateLimit` and `RateLimit-Policy` as draft-ietf-httpapi-ratelimit-headers has them, one item
/// per window; `X-RateLimit-*` with seconds until reset, as Envoy writes them; Envoy's
/// `x-rate-limit-remaining`; and on a refusal `Retry-After` (RFC 9110 §10.2.3).
public enum RateLimitField {
    /// Appends all fields that apply as HTTP/1.1 field lines: none for a tier without limits.
    public static func appendLines(
        of standing: RateLimitStanding, tiers: RateLimitTiers, to line: inout LineBuilder
    ) {
        if standing.isLimited {
            line.append("ratelimit: ")
            standing.appendItems(to: &line)
            line.append("\r\nratelimit-policy: ")
            line.append(tiers.policy(of: standing.tier))
            line.append("\r\nx-ratelimit-limit: ")
            line.append(decimal: standing.limit)
            line.append("\r\nx-ratelimit-remaining: ")
            line.append(decimal: standing.remaining)
            line.append("\r\nx-ratelimit-reset: ")
            line.append(decimal: standing.resetSeconds)
            line.append("\r\n")
            appendRemaining(of: standing, to: &line)
        }
        guard standing.retryAfterSeconds > 0 else { return }
        line.append("retry-after: ")
        line.append(decimal: standing.retryAfterSeconds)
        line.append("\r\n")
    }

    /// Appends `x-rate-limit-remaining` alone, for a response whose other fields are about limits
    /// of somebody else's.
    public static func appendRemaining(
        of standing: RateLimitStanding, to line: inout LineBuilder
    ) {
        guard standing.isLimited else { return }
        line.append("x-rate-limit-remaining: ")
        line.append(decimal: standing.remaining)
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
