internal import HTTP
internal import Identity
internal import Proxy
internal import Telemetry
internal import Transport

/// Finds out which sandbox a request comes from.
struct SandboxIdentification {
    private let settings: EgressSettings
    private let shard: MetricShard

    init(_ settings: EgressSettings, _ shard: MetricShard) {
        self.settings = settings
        self.shard = shard
    }

    func identify(
        _ head: borrowing RequestHead, _ request: IncomingRequest,
        _ record: RequestRecords.Pointer
    ) throws(Refusal) -> Sandbox {
        let claimed = try value(of: .xSandboxID, head, request)
        let id: UnsafeRawBufferPointer
        if settings.tokenKeys.isEmpty {
            guard let claimed else { throw fail(.missing) }
            id = claimed
        } else {
            guard let token = try value(of: .xSandboxToken, head, request) else {
                throw fail(.missing)
            }
            id = try verified(token, request)
            // Two names for one sandbox: one of them is not meant.
            if let claimed, !claimed.elementsEqual(id) { throw fail(.ambiguous) }
        }
        let name = Span<UInt8>(_unsafeBytes: id)
        guard SandboxName.isValid(name) else { throw fail(.unknown) }
        record.pointee.keep(sandboxID: id)
        return Sandbox(id: id, digest: NameDigest(name))
    }

    private func verified(
        _ token: UnsafeRawBufferPointer, _ request: IncomingRequest
    ) throws(Refusal) -> UnsafeRawBufferPointer {
        do throws(SandboxToken.Fault) {
            return try SandboxToken.verify(
                token, keys: settings.tokenKeys,
                nowSeconds: request.wallNanoseconds / 1_000_000_000)
        } catch .expired {
            throw fail(.expired)
        } catch {
            throw fail(.unknown)
        }
    }

    /// Nil when there is none; a field that `Connection` names counts as absent.
    private func value(
        of name: FieldName, _ head: borrowing RequestHead, _ request: IncomingRequest
    ) throws(Refusal) -> UnsafeRawBufferPointer? {
        switch head.fields.single(name) {
        case .absent, .nominated: return nil
        case .one(let range): return range.slice(of: request.bytes)
        case .repeated: throw fail(.ambiguous)
        }
    }

    private func fail(_ reason: SluiceMetrics.AuthenticationFailure) -> Refusal {
        settings.metrics.authenticationFailed(reason, shard)
        return reason == .missing ? .sandboxMissing : .sandboxInvalid
    }
}
