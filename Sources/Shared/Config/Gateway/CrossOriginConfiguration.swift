/// Which pages of other origins may call the gateway from a browser (WHATWG Fetch, CORS).
public struct CrossOriginConfiguration: Sendable, Equatable {
    /// `scheme://host` or `scheme://host:port`, as browsers send it.
    public var origins: [String]
    /// How long a browser remembers what it was allowed.
    public var maxAge: Duration

    /// How many origins there may be: each request's is compared with all.
    static let originsMax = 64

    init?(_ section: Section) {
        let origins = section.list("origins", .origin)
        maxAge = section.read(
            "max_age", .duration(.seconds(0)...(.seconds(86_400))), default: .seconds(600))
        section.finish()
        let count = origins?.count ?? (section.has("origins") ? nil : 0)
        if let count, !(1...Self.originsMax).contains(count) {
            section.fault(
                section.markOf("origins"),
                "\(section.name("origins")) has \(count) origins, so pages of none may call, or too "
                    + "many; accepted: 1 to \(Self.originsMax)")
        }
        guard let origins else { return nil }
        self.origins = origins
    }
}
