/// Reads `upstreams` and `routes` together: each name must lead somewhere, each entry must matter.
struct RouteTable {
    private(set) var upstreams: [UpstreamConfiguration] = []
    private(set) var routes: [RouteConfiguration] = []
    private let gateway: Section

    init(_ gateway: Section) {
        self.gateway = gateway
        let named = gateway.namedSections("upstreams")
        for (name, section) in named {
            let preset = UpstreamConfiguration.presets.first { $0.name == name }
            if let upstream = UpstreamConfiguration(name: name, section, preset: preset) {
                upstreams.append(upstream)
            } else if let preset {
                upstreams.append(preset)
            } else {
                // Faulty, but its name is known: routes to it are no faults of their own.
                upstreams.append(
                    UpstreamConfiguration(
                        name: name, address: Endpoint(host: "invalid", port: 0)))
            }
        }
        if let sections = gateway.sections("routes") {
            for section in sections { addRoute(section) }
        } else {
            addDefaultRoutes()
        }
        reportUnused(named.map(\.section))
    }

    /// SPEC: `/health` and `/ready` are open, agentd's two interfaces and `/admin/` need a key.
    private mutating func addDefaultRoutes() {
        let http = index(of: "agentd_http")
        let grpc = index(of: "agentd_grpc")
        func add(
            _ match: RouteConfiguration.Match, _ upstream: Int?,
            _ authentication: RouteConfiguration.Authentication
        ) {
            guard let upstream else { return }
            routes.append(
                RouteConfiguration(
                    match: match, methods: nil, upstream: upstream,
                    timeout: Self.timeoutDefault, authentication: authentication))
        }
        add(.path("/health"), http, .none)
        add(.path("/ready"), http, .none)
        add(.prefix("/agentd.v1."), grpc, .required)
        add(.prefix("/api/v1/"), http, .required)
        add(.prefix("/admin/"), http, .required)
    }

    private static let timeoutDefault = Duration.seconds(300)

    private mutating func addRoute(_ section: Section) {
        let path = section.read("path", .urlPath)
        let prefix = section.read("prefix", .urlPath)
        let methods = section.list("methods", .method)
        let name = section.require("upstream", .text("the name of an upstream"))
        let timeout = section.read(
            "timeout", .duration(.milliseconds(1)...(.seconds(86_400))),
            default: Self.timeoutDefault)
        let authentication = section.read(
            "auth", Kind<RouteConfiguration.Authentication>.word, default: .required)
        let upgrade = section.read(
            "upgrade", Kind<RouteConfiguration.Upgrade>.word, default: .none)
        section.finish()
        if section.has("path") == section.has("prefix") {
            section.fault(
                section.mark, "\(section.path) must have one of path and prefix; accepted: one")
        }
        if methods?.isEmpty == true {
            section.fault(
                section.markOf("methods"),
                "\(section.name("methods")) is empty, so the route has no effect; "
                    + "accepted: methods, or no such key for all")
        }
        guard let name, let upstream = resolve(name, section),
            let match = path.map(RouteConfiguration.Match.path)
                ?? prefix.map(RouteConfiguration.Match.prefix)
        else { return }
        let route = RouteConfiguration(
            match: match, methods: methods, upstream: upstream, timeout: timeout,
            authentication: authentication, upgrade: upgrade)
        if routes.contains(where: { $0.covers(route) }) {
            section.fault(
                section.mark,
                "\(section.path) has no effect: a route above it takes all its requests; "
                    + "accepted: the narrower route first")
        }
        routes.append(route)
    }

    private mutating func resolve(_ name: String, _ section: Section) -> Int? {
        if let index = index(of: name) { return index }
        let names = upstreams.map(\.name) + UpstreamConfiguration.presets.map(\.name)
        section.fault(
            section.markOf("upstream"),
            "\(section.name("upstream")): there is no upstream '\(name)'; accepted: "
                + names.joined(separator: ", ")
                + Spelling.suggestion(Spelling.nearest(to: name, in: names)))
        return nil
    }

    /// The index of the upstream called `name`; a preset one is added when it is first named.
    private mutating func index(of name: String) -> Int? {
        if let index = upstreams.firstIndex(where: { $0.name == name }) { return index }
        guard let preset = UpstreamConfiguration.presets.first(where: { $0.name == name }) else {
            return nil
        }
        upstreams.append(preset)
        return upstreams.count - 1
    }

    private func reportUnused(_ sections: [Section]) {
        for (index, section) in sections.enumerated()
        where !routes.contains(where: { $0.upstream == index }) {
            section.fault(
                section.mark,
                "\(section.path) has no effect: no route leads to it; accepted: a route with "
                    + "this upstream, or no such section")
        }
    }
}
