internal import Config
internal import HTTP
internal import IO
internal import Proxy

/// The configured routes, as a worker looks them up.
struct RouteTable: Sendable {
    /// What becomes of a request on a route: plain values, which a request copies.
    struct Treatment: BitwiseCopyable {
        /// Which of the gateway's upstreams.
        let upstream: Int
        let idleNanoseconds: UInt64
        let needsKey: Bool
        let asksPolicy: Bool
        let allowsWebSocket: Bool

        init(_ route: RouteConfiguration) {
            upstream = route.upstream
            idleNanoseconds = route.timeout.nanoseconds
            needsKey = route.authentication == .required
            asksPolicy = route.authentication != .none
            allowsWebSocket = route.upgrade == .webSocket
        }
    }

    /// A class, so that a request looks one up without copying what it holds.
    private final class Route: Sendable {
        let isPrefix: Bool
        let text: [UInt8]
        /// Empty: every method.
        let methods: [[UInt8]]
        /// The methods as `Allow` lists them.
        let allow: [UInt8]
        let treatment: Treatment

        init(_ route: RouteConfiguration) {
            switch route.match {
            case .path(let path): (isPrefix, text) = (false, Array(path.utf8))
            case .prefix(let prefix): (isPrefix, text) = (true, Array(prefix.utf8))
            }
            let names = route.methods ?? []
            methods = names.map { Array($0.utf8) }
            allow = Array(names.joined(separator: ", ").utf8)
            treatment = Treatment(route)
        }
    }

    private let routes: [Route]

    init(_ routes: [RouteConfiguration]) { self.routes = routes.map(Route.init) }

    subscript(index: Int) -> Treatment { routes[index].treatment }

    /// `Allow` for a method that the route does not take.
    func allow(_ index: Int) -> [UInt8] { routes[index].allow }

    /// What a path and a method lead to.
    enum Match {
        case none
        case route(Int)
        /// The path is known, the method is not.
        case otherMethod(Int)
    }

    /// The first route that takes both, or else the first that takes the path.
    func find(_ path: UnsafeRawBufferPointer, method: UnsafeRawBufferPointer) -> Match {
        var other: Int?
        for index in routes.indices where matches(routes[index], path) {
            if takes(routes[index], method) { return .route(index) }
            if other == nil { other = index }
        }
        return other.map { .otherMethod($0) } ?? .none
    }

    /// Whether a key is needed to learn what is there: always, unless the path is open.
    func needsKey(_ match: Match) -> Bool {
        switch match {
        case .none: true
        case .route(let index), .otherMethod(let index): self[index].needsKey
        }
    }

    private func matches(_ route: Route, _ path: UnsafeRawBufferPointer) -> Bool {
        let count = route.text.count
        // `OPTIONS *` asks about the server as a whole: it goes where all paths go.
        if path.count == 1, path[0] == UInt8(ascii: "*") { return route.isPrefix && count == 1 }
        guard route.isPrefix ? path.count >= count : path.count == count else { return false }
        for index in 0..<count where path[index] != route.text[index] { return false }
        return true
    }

    private func takes(_ route: Route, _ method: UnsafeRawBufferPointer) -> Bool {
        if route.methods.isEmpty { return true }
        for index in route.methods.indices where method.elementsEqual(route.methods[index]) {
            return true
        }
        return false
    }
}
