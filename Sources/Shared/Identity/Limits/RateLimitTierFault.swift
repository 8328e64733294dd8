/// What is wrong with the definition of a tier.
public struct RateLimitTierFault: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Reason: Equatable, Sendable {
        case badName
        case duplicateName
        case badRate(field: String)
        case badBurst
    }

    public let tier: String
    public let reason: Reason

    public var description: String {
        let text =
            switch reason {
            case .badName:
                "a name must be 1 to \(KeyIndex.nameBytesMax) visible ASCII characters"
            case .duplicateName: "the name is used twice"
            case .badRate(let field):
                "\(field) must be -1 (unlimited) or 1 to \(RateLimitWindow.requestsMax)"
            case .badBurst:
                "burst must be 1 or more, at most a day's worth of requests, and needs a limit"
            }
        return "rate_limit_tiers.\(tier): \(text)"
    }
}
