internal import HTTP
internal import Identity
internal import Proxy
internal import Telemetry
internal import Transport

/// Finds out whose API key a request carries. Who carries none that is valid is limited by address,
/// so that guessing costs time and anonymous traffic does not starve those who have keys.
struct Authentication {
    private let settings: GatewaySettings
    private let shard: MetricShard

    init(_ settings: GatewaySettings, _ shard: MetricShard) {
        self.settings = settings
        self.shard = shard
    }

    /// - Parameter needsKey: false for an open path, where nobody has to be known.
    func authenticate(
        _ head: borrowing RequestHead, _ request: IncomingRequest,
        _ record: RequestRecords.Pointer, _ keys: KeyIndex, needsKey: Bool
    ) throws(Refusal) -> Principal {
        let apiKey = Presented(.xAPIKey, head, request.bytes)
        let authorization = Presented(.authorization, head, request.bytes)
        let presented: UnsafeRawBufferPointer
        switch Credential.select(
            apiKey: apiKey.field, authorization: authorization.field,
            bearerIsKey: settings.bearerIsKey)
        {
        case .absent:
            guard needsKey else {
                try limitAddress(request)
                return .anonymous
            }
            record.pointee.authentication = .missing
            throw fail(.missing, .credentialMissing, request)
        case .refused:
            record.pointee.authentication = .ambiguous
            throw fail(.ambiguous, .credentialAmbiguous, request)
        case .apiKey: presented = apiKey.value
        case .bearer(let offset):
            presented = UnsafeRawBufferPointer(rebasing: authorization.value[offset...])
        }
        let seconds = request.wallNanoseconds / 1_000_000_000
        return try judge(
            keys.lookup(Span(_unsafeBytes: presented), nowSeconds: seconds), request, record, keys)
    }

    private func judge(
        _ outcome: KeyIndex.Outcome, _ request: IncomingRequest,
        _ record: RequestRecords.Pointer, _ keys: KeyIndex
    ) throws(Refusal) -> Principal {
        switch outcome {
        case .key(let key):
            record.pointee.authentication = .ok
            record.pointee.keep(keyID: keys.id(of: key))
            record.pointee.keep(role: keys.role(of: key))
            return .key(key)
        case .unknown:
            record.pointee.authentication = .unknown
            throw fail(.unknown, .credentialInvalid, request)
        case .disabled(let key):
            record.pointee.authentication = .disabled
            record.pointee.keep(keyID: keys.id(of: key))
            throw fail(.disabled, .credentialInvalid, request)
        case .expired(let key):
            record.pointee.authentication = .expired
            record.pointee.keep(keyID: keys.id(of: key))
            throw fail(.expired, .credentialInvalid, request)
        case .notYetValid(let key):
            record.pointee.authentication = .notYetValid
            record.pointee.keep(keyID: keys.id(of: key))
            throw fail(.notYetValid, .credentialInvalid, request)
        }
    }

    /// Counts the failure; what the client is told is its address's limit once that is used up.
    private func fail(
        _ reason: SluiceMetrics.AuthenticationFailure, _ refusal: Refusal,
        _ request: IncomingRequest
    ) -> Refusal {
        settings.metrics.authenticationFailed(reason, shard)
        do throws(Refusal) {
            try limitAddress(request)
            return refusal
        } catch {
            return error
        }
    }

    private func limitAddress(_ request: IncomingRequest) throws(Refusal) {
        guard let limiter = settings.addressLimiter, !request.wasDecided else { return }
        let peer = request.peer
        let address =
            peer.isIPv4
            ? ClientAddress(ipv4: UInt32(truncatingIfNeeded: peer.low))
            : ClientAddress(ipv6High: peer.high, low: peer.low)
        if case .refused(let seconds) = limiter.take(address, nowNanoseconds: request.now) {
            settings.metrics.rateLimited(.address, shard)
            throw .addressLimited(retryAfterSeconds: seconds)
        }
    }

    /// A header field that may hold a credential. One that `Connection` names counts as absent.
    private struct Presented {
        let value: UnsafeRawBufferPointer
        private let count: Int

        init(
            _ name: FieldName, _ head: borrowing RequestHead, _ bytes: UnsafeRawBufferPointer
        ) {
            switch head.fields.single(name) {
            case .absent, .nominated: (value, count) = (UnsafeRawBufferPointer(start: nil, count: 0), 0)
            case .one(let range): (value, count) = (range.slice(of: bytes), 1)
            case .repeated: (value, count) = (UnsafeRawBufferPointer(start: nil, count: 0), 2)
            }
        }

        var field: Credential.Field {
            @_lifetime(borrow self) get {
                let span = Span<UInt8>(_unsafeBytes: value)
                return _overrideLifetime(
                    Credential.Field(value: span, count: count), borrowing: self)
            }
        }
    }
}
