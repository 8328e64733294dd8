internal import Bytes
internal import Credentials
internal import HTTP
internal import Proxy
internal import Transport

/// Says what a service gets: with which path, and which fields are added.
struct EgressForward: ~Copyable {
    /// The path behind what the service puts before it.
    private let path: UnsafeMutableRawBufferPointer
    private let injection: CredentialInjection

    private static let prefixBytesMax = 1024

    /// - Parameter pathBytesMax: of a path as it comes in.
    init(pathBytesMax: Int) {
        // Normalising makes three bytes of one at most.
        injection = CredentialInjection(targetBytesMax: pathBytesMax)
        path = .allocate(byteCount: Self.prefixBytesMax + 3 * pathBytesMax + 1, alignment: 8)
    }

    deinit { path.deallocate() }

    /// Uses the permit up.
    ///
    /// - Parameters:
    ///   - upstream: the worker's number of the service's upstream.
    ///   - credential: what the service is given; nil: it is given none.
    func plan(
        _ permit: consuming Permit, _ path: UnsafeRawBufferPointer, _ route: EgressRoute,
        upstream: Int, _ credential: ReadyCredential?, _ head: borrowing RequestHead,
        _ request: IncomingRequest, _ reply: Reply
    ) throws(Refusal) -> Decision {
        let path = try prefixed(path, route)
        var query: UnsafeRawBufferPointer?
        if let credential {
            switch try injection.add(
                credential, route, path: path, head, request, reply)
            {
            case .done: break
            case .query(let replaced): query = replaced
            case .needsContent(let bytesMax): return .gather(bytesMax: bytesMax)
            }
        }
        addPresets(route, head, request, reply)
        reply.apply(permit, except: route.requestFilter)
        var forwarding = Forwarding(
            upstream: upstream, path: path,
            authority: route.authority.withUnsafeBytes { $0 },
            stripped: route.requestFilter, idleNanoseconds: route.idleNanoseconds)
        forwarding.query = query
        forwarding.inspectsResponse = credential != nil
        forwarding.allowsWebSocket = route.service.allowsWebSocket
        return .forward(forwarding)
    }

    /// Uses the permit up: bytes pass as they are, with no credential among them.
    func tunnel(
        _ permit: consuming Permit, _ route: EgressRoute, upstream: Int?
    ) throws(Refusal) -> Decision {
        _ = consume permit
        // Policy allows what the data does not: then there is nowhere to go.
        guard let upstream else { throw .methodNotAllowed }
        return .tunnel(
            Tunnelling(upstream: upstream, idleNanoseconds: route.idleNanoseconds))
    }

    private func addPresets(
        _ route: EgressRoute, _ head: borrowing RequestHead, _ request: IncomingRequest,
        _ reply: Reply
    ) {
        for index in route.presets.indices {
            let isSent = route.presets[index].name.withUnsafeBytes {
                head.fields.has($0, in: request.bytes)
            }
            guard !isSent else { continue }
            route.presets[index].line.withUnsafeBufferPointer { reply.lines.append($0) }
        }
    }

    private func prefixed(
        _ path: UnsafeRawBufferPointer, _ route: EgressRoute
    ) throws(Refusal) -> UnsafeRawBufferPointer {
        let prefix = route.pathPrefix.count
        guard prefix > 0 else { return path }
        // `*` is about a server as a whole, which the service is a part of only.
        guard path.first == UInt8(ascii: "/"), prefix + path.count <= self.path.count else {
            throw .targetAmbiguous
        }
        route.pathPrefix.withUnsafeBytes { self.path.copyMemory(from: $0) }
        UnsafeMutableRawBufferPointer(rebasing: self.path[prefix...]).copyMemory(from: path)
        return UnsafeRawBufferPointer(rebasing: self.path[..<(prefix + path.count)])
    }
}
