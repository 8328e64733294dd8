/// What the sandboxes of one tier may use up, as the bundle's data has it.
struct EgressTier {
    struct Limit {
        let requestsPerMinute: Int
        /// Nil: as much as in a minute.
        let burst: Int?
    }

    let name: String
    /// The names of the services that it may use.
    var services: [String] = []
    /// By the service's name; `default` holds for services that have none of their own.
    var limits: [String: Limit] = [:]

    func limit(for service: String) -> Limit? { limits[service] ?? limits[Self.anyService] }

    static let anyService = "default"
}
