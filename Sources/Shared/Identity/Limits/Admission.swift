/// Whether a limit that belongs to nobody in particular lets a request pass.
public enum Admission: Equatable, Sendable {
    case granted
    /// Whole seconds after which it would pass, at least 1.
    case refused(retryAfterSeconds: UInt64)

    init(_ taken: ArrivalTime.Taken) {
        switch taken {
        case .granted: self = .granted
        case .refused(_, let wait):
            self = .refused(retryAfterSeconds: RateLimitStanding.Window.seconds(wait))
        }
    }
}
