internal import GRPC
internal import IO
internal import Protos
internal import State
internal import SwiftProtobuf

/// Runs what has an idempotency key once: who asks again gets the first result, also of an earlier
/// daemon. Who asks for something else by the same key is refused.
struct IdempotentExecutor: ForwardingExecutor {
    let next: any CapabilityExecutor
    private let results = ResultTable()
    /// Nil where results do not outlive the daemon.
    private let store: StateStore?

    init(_ next: any CapabilityExecutor, _ store: StateStore?) {
        self.next = next
        self.store = store
    }

    func execute(
        _ request: Agentd_V1_ExecuteRequest, for caller: Caller, in call: Call,
        output: ExecutionOutput?
    ) throws(Status) -> Agentd_V1_ExecuteResponse {
        let key = request.metadata.idempotencyKey
        guard !key.isEmpty else {
            return try next.execute(request, for: caller, in: call, output: output)
        }
        let digest = try RequestDigest(request)
        return try results.first(of: caller.keyID, key, digest) { () throws(Status) in
            try first(request, digest, caller) { () throws(Status) in
                try next.execute(request, for: caller, in: call, output: output)
            }
        }
    }

    /// The result that was stored, or a new one, which is stored before it is given.
    private func first(
        _ request: Agentd_V1_ExecuteRequest, _ digest: RequestDigest, _ caller: Caller,
        _ run: () throws(Status) -> Agentd_V1_ExecuteResponse
    ) throws(Status) -> ResultTable.Result {
        guard let store else { return ResultTable.Result(try run(), of: digest.bytes) }
        let (owner, key) = (caller.keyID, request.metadata.idempotencyKey)
        let known = try stored { () throws(StateFault) in
            try store.begin(
                owner: owner, key: key, digest: digest.bytes, now: Clock.wallNanoseconds)
        }
        switch known {
        case .new: break
        case .done(let result, let kept):
            guard digest.fits(kept) else { throw .keyReused }
            let response = try? Agentd_V1_ExecuteResponse(serializedBytes: result)
            return ResultTable.Result(response ?? lost(request), of: kept)
        case .lost(let kept):
            guard digest.fits(kept) else { throw .keyReused }
            return ResultTable.Result(lost(request), of: kept)
        }
        let response: Agentd_V1_ExecuteResponse
        do throws(Status) {
            response = try run()
        } catch {
            // Nothing was run, so it may be asked for again.
            try stored { () throws(StateFault) in try store.forget(owner: owner, key: key) }
            throw error
        }
        try stored { () throws(StateFault) in
            try store.end(
                owner: owner, key: key, result: (try? response.serializedBytes()) ?? [])
        }
        return ResultTable.Result(response, of: digest.bytes)
    }

    private func stored<Value>(
        _ body: () throws(StateFault) -> Value
    ) throws(Status) -> Value {
        do throws(StateFault) {
            return try body()
        } catch {
            throw Status(.unavailable, .stateUnavailable, "the daemon's state cannot be used")
        }
    }

    /// It may have run, and must not run twice.
    private func lost(_ request: Agentd_V1_ExecuteRequest) -> Agentd_V1_ExecuteResponse {
        Agentd_V1_ExecuteResponse(
            to: request,
            refusing: ExecutionFault(
                .error, .executionLost,
                "it was begun, and the daemon was ended before it had a result; the audit log says "
                    + "what is known of it"))
    }
}
