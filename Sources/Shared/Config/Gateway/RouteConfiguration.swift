/// Which requests go to which upstream.
public struct RouteConfiguration: Sendable, Equatable {
    public enum Match: Sendable, Equatable {
        /// The normalised path is exactly this.
        case path(String)
        /// The normalised path begins with this.
        case prefix(String)
    }

    public enum Authentication: String, Sendable, CaseIterable {
        /// An API key must be presented.
        case required
        /// A key that is presented must be valid; policy decides about requests without one.
        case optional
        /// Open to everybody: policy is not asked.
        case none
    }

    public enum Upgrade: String, Sendable, CaseIterable {
        case none
        /// A client may ask for WebSocket (RFC 6455); the upstream grants it.
        case webSocket = "websocket"
    }

    public var match: Match
    /// Nil: every method.
    public var methods: [String]?
    /// An index into the gateway's upstreams.
    public var upstream: Int
    /// How long neither side may stay silent while a request is under way.
    public var timeout: Duration
    public var authentication: Authentication
    /// What clients may switch to.
    public var upgrade = Upgrade.none

    /// True when no request can reach `other` after this route was tried.
    func covers(_ other: RouteConfiguration) -> Bool {
        let takesPath: Bool
        switch (match, other.match) {
        case (.prefix(let prefix), .path(let text)), (.prefix(let prefix), .prefix(let text)):
            takesPath = text.hasPrefix(prefix)
        case (.path(let own), .path(let text)):
            takesPath = own == text
        case (.path, .prefix):
            takesPath = false
        }
        guard takesPath, let methods else { return takesPath }
        guard let others = other.methods else { return false }
        return others.allSatisfy(methods.contains)
    }
}
