/// What becomes of the 1xx responses that precede one final response (RFC 9110 §15.2).
public struct InformationalResponses: Sendable, BitwiseCopyable {
    public enum Action: Equatable, Sendable {
        case forward
        case drop
        /// The upstream does not stop: 502.
        case refuse
    }

    /// How many an upstream may send.
    public static let countMax = 16

    private var count = 0

    public init() {}

    /// `status` is 1xx but 101. A client that did not ask for 100 does not get it, and an
    /// HTTP/1.0 client gets none; 102 says nothing that a proxy's client needs.
    public mutating func received(
        status: Int, clientVersion: HTTPVersion, clientExpectsContinue: Bool
    ) -> Action {
        count += 1
        guard count <= Self.countMax else { return .refuse }
        guard clientVersion != .http10, status != 102 else { return .drop }
        return status == 100 && !clientExpectsContinue ? .drop : .forward
    }
}
