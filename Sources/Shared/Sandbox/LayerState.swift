/// What was found when a layer was tried.
public enum LayerState: Equatable, Sendable {
    case enforced
    /// In force in part.
    case degraded(String)
    /// Not in force.
    case unavailable(String)

    /// `enforced`, `degraded` or `unavailable`.
    public var name: String {
        switch self {
        case .enforced: "enforced"
        case .degraded: "degraded"
        case .unavailable: "unavailable"
        }
    }

    public var reason: String? {
        switch self {
        case .enforced: nil
        case .degraded(let reason), .unavailable(let reason): reason
        }
    }
}
