internal import Bytes

/// Which of a request's header fields holds its API key.
///
/// A request that says two things is refused, not interpreted: whoever reads the other one of two
/// `X-API-Key` fields would see another client (the class of CVE-2026-26308). The caller counts
/// fields after `Connection` has had its effect: a field named there is absent.
public enum Credential: Equatable, Sendable {
    /// Neither field, or `Authorization` with another scheme.
    case absent
    /// The value of `X-API-Key`.
    case apiKey
    /// The value of `Authorization` from this offset on.
    case bearer(tokenOffset: Int)
    case refused(Refusal)

    public enum Refusal: Equatable, Sendable {
        case empty
        case duplicate
        case conflict
    }

    /// One header field as found in the head: its value without surrounding blanks, and how often
    /// the field occurs. When it occurs more than once the value does not matter.
    public struct Field: ~Escapable {
        let value: Span<UInt8>
        let count: Int

        @_lifetime(copy value)
        public init(value: Span<UInt8>, count: Int) {
            self.value = value
            self.count = count
        }
    }

    /// - Parameter bearerIsKey: whether `Authorization: Bearer` may hold an API key. When it may
    ///   not, `Authorization` is not looked at.
    public static func select(
        apiKey: borrowing Field, authorization: borrowing Field, bearerIsKey: Bool
    ) -> Credential {
        guard apiKey.count <= 1 else { return .refused(.duplicate) }
        let hasKey = apiKey.count == 1
        if hasKey, apiKey.value.isEmpty { return .refused(.empty) }
        let withoutBearer: Credential = hasKey ? .apiKey : .absent
        guard bearerIsKey, authorization.count > 0 else { return withoutBearer }
        guard authorization.count == 1 else { return .refused(.duplicate) }
        guard let offset = tokenOffset(authorization.value) else { return withoutBearer }
        let token = authorization.value.extracting(droppingFirst: offset)
        guard !token.isEmpty else { return .refused(.empty) }
        guard hasKey else { return .bearer(tokenOffset: offset) }
        return equal(token, apiKey.value) ? .apiKey : .refused(.conflict)
    }

    /// Where the token of `Bearer 1*SP token` starts (RFC 6750 §2.1); nil for another scheme.
    private static func tokenOffset(_ value: Span<UInt8>) -> Int? {
        let scheme: StaticString = "bearer"
        let length = scheme.utf8CodeUnitCount
        guard value.count >= length else { return nil }
        for index in 0..<length
        where ASCII.lowercased(value[index]) != scheme.utf8Start[index] { return nil }
        guard value.count == length || value[length] == ASCII.space else { return nil }
        var offset = length
        while offset < value.count, value[offset] == ASCII.space { offset += 1 }
        return offset
    }

    // Both sides are the client's own bytes: nothing to protect from timing.
    private static func equal(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        for index in left.indices where left[index] != right[index] { return false }
        return true
    }
}
