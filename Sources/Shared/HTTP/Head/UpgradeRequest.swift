/// What a client asks to switch to with `Upgrade`, named in `Connection` as it must be.
public enum UpgradeRequest: Sendable {
    case none
    case webSocket
    /// Anything else, h2c among it: it is ignored, the request goes on as HTTP/1.1.
    case other
}
