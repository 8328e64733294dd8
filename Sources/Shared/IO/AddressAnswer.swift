/// What was answered to the question for a name's addresses of one kind.
enum AddressAnswer: Equatable, Sendable {
    /// With the shortest time to live of the records, in seconds.
    case addresses([SocketAddress], timeToLiveSeconds: Int)
    /// There is none, and whoever knows says so.
    case none(ResolutionFailure)
    /// Nobody could tell.
    case failed(ResolutionFailure)
}
