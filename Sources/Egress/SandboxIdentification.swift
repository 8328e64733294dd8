internal import Bytes
internal import HTTP
internal import Identity
internal import Proxy
internal import Telemetry
internal import Transport

/// Finds out which sandbox a request comes from: by what its connection proves, by fields of ours,
/// or for a client that knows proxies only by `Proxy-Authorization`, with the id as user and the
/// token as password.
struct SandboxIdentification: ~Copyable {
    private let settings: EgressSettings
    private let shard: MetricShard
    /// A decoded `Proxy-Authorization`, while a request is decided about.
    private let memory: UnsafeMutableRawBufferPointer

    private let digests = RecentDigests()

    private static let basicBytesMax = SandboxName.bytesMax + 1 + SandboxToken.bytesMax

    init(_ settings: EgressSettings, _ shard: MetricShard) {
        self.settings = settings
        self.shard = shard
        memory = .allocate(byteCount: Self.basicBytesMax, alignment: 8)
    }

    deinit { memory.deallocate() }

    /// What a request says about its sandbox.
    private struct Claim {
        var id: UnsafeRawBufferPointer?
        var token: UnsafeRawBufferPointer?
    }

    func identify(
        _ head: borrowing RequestHead, _ request: IncomingRequest,
        _ record: RequestRecords.Pointer
    ) throws(Refusal) -> Sandbox {
        let isProxied = settings.isForwardProxy && head.asksProxy
        let claim = try isProxied ? proxyClaim(head, request) : ownClaim(head, request)
        let id = try proven(claim, request, isProxied)
        // Two names for one sandbox: one of them is not meant.
        if let claimed = claim.id, !claimed.elementsEqual(id) { throw fail(.ambiguous, isProxied) }
        let name = Span<UInt8>(_unsafeBytes: id)
        guard SandboxName.isValid(name) else { throw fail(.unknown, isProxied) }
        record.pointee.keep(sandboxID: id)
        return Sandbox(id: id, digest: digests.digest(of: id))
    }

    /// The id that the configured way to prove one leads to.
    private func proven(
        _ claim: Claim, _ request: IncomingRequest, _ isProxied: Bool
    ) throws(Refusal) -> UnsafeRawBufferPointer {
        switch settings.identity {
        case .tokens(let keys):
            guard let token = claim.token else { throw fail(.missing, isProxied) }
            return try verified(token, keys, request, isProxied)
        case .certificates(let prefix):
            guard let principal = request.client?.principal else {
                throw fail(.missing, isProxied)
            }
            guard principal.starts(with: prefix) else { throw fail(.unknown, isProxied) }
            return UnsafeRawBufferPointer(rebasing: principal[prefix.count...])
        case .sockets(let sockets):
            guard let peer = request.unixPeer, sockets.indices.contains(Int(peer.socket)) else {
                throw fail(.missing, isProxied)
            }
            guard let id = sockets[Int(peer.socket)].sandbox(of: peer) else {
                throw fail(.unknown, isProxied)
            }
            return id
        case .header:
            guard let claimed = claim.id else { throw fail(.missing, isProxied) }
            return claimed
        }
    }

    private func ownClaim(
        _ head: borrowing RequestHead, _ request: IncomingRequest
    ) throws(Refusal) -> Claim {
        Claim(
            id: try value(of: .xSandboxID, head, request),
            token: try value(of: .xSandboxToken, head, request))
    }

    /// `Proxy-Authorization: Basic` (RFC 7617), or else our own fields.
    private func proxyClaim(
        _ head: borrowing RequestHead, _ request: IncomingRequest
    ) throws(Refusal) -> Claim {
        // It ends at this hop (RFC 9110 §11.7.2): that `Connection` names it changes nothing.
        guard let field = head.fields.first(.proxyAuthorization) else {
            return try ownClaim(head, request)
        }
        let value = field.valueRange.slice(of: request.bytes)
        let scheme = "basic "
        guard !head.fields.repeated.contains(.proxyAuthorization),
            value.count > scheme.utf8.count,
            zip(value, scheme.utf8).allSatisfy({ ASCII.lowercased($0) == $1 }),
            let count = Base64.standard.decode(
                UnsafeRawBufferPointer(rebasing: value[scheme.utf8.count...]), into: memory)
        else { throw fail(.ambiguous, true) }
        let pair = UnsafeRawBufferPointer(rebasing: memory[..<count])
        guard let colon = pair.firstIndex(of: UInt8(ascii: ":")) else { throw fail(.unknown, true) }
        let token = UnsafeRawBufferPointer(rebasing: pair[(colon + 1)...])
        return Claim(
            id: UnsafeRawBufferPointer(rebasing: pair[..<colon]),
            token: token.isEmpty ? nil : token)
    }

    private func verified(
        _ token: UnsafeRawBufferPointer, _ keys: [SandboxTokenKey], _ request: IncomingRequest,
        _ isProxied: Bool
    ) throws(Refusal) -> UnsafeRawBufferPointer {
        do throws(SandboxToken.Fault) {
            return try SandboxToken.verify(
                token, keys: keys,
                nowSeconds: request.wallNanoseconds / 1_000_000_000)
        } catch .expired {
            throw fail(.expired, isProxied)
        } catch {
            throw fail(.unknown, isProxied)
        }
    }

    /// Nil when there is none; a field that `Connection` names counts as absent.
    private func value(
        of name: FieldName, _ head: borrowing RequestHead, _ request: IncomingRequest
    ) throws(Refusal) -> UnsafeRawBufferPointer? {
        switch head.fields.single(name) {
        case .absent, .nominated: return nil
        case .one(let range): return range.slice(of: request.bytes)
        case .repeated: throw fail(.ambiguous, settings.isForwardProxy && head.asksProxy)
        }
    }

    private func fail(
        _ reason: SluiceMetrics.AuthenticationFailure, _ isProxied: Bool
    ) -> Refusal {
        settings.metrics.authenticationFailed(reason, shard)
        if isProxied { return .proxyAuthenticationRequired }
        return reason == .missing ? .sandboxMissing : .sandboxInvalid
    }
}

extension RequestHead {
    /// Whether the client takes us for its proxy (RFC 9112 §3.2).
    var asksProxy: Bool { targetForm == .absolute || method == .connect }
}
