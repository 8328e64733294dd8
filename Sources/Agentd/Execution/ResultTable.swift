internal import GRPC
internal import IO
internal import Protos

/// What executions with an idempotency key came to: who asks again gets the first result, and waits
/// for it while it is being made. Who asks for something else is told so at once.
final class ResultTable: Sendable {
    struct Result {
        let response: Agentd_V1_ExecuteResponse
        /// Of the request that it is the result of; nil when that is not known.
        let digest: [UInt8]?

        init(_ response: Agentd_V1_ExecuteResponse, of digest: [UInt8]?) {
            self.response = response
            self.digest = digest
        }
    }

    private struct Key: Hashable {
        let caller: String
        let text: String
    }

    private enum Entry {
        case running(RequestDigest)
        case done(Result, at: UInt64)
    }

    private let entries = Monitor<[Key: Entry]>([:])
    private static let entriesMax = 10_000
    private static let keptNanoseconds: UInt64 = 86_400_000_000_000

    /// The result of `make`, made once for each key of a caller. What was not run is not kept.
    func first(
        of caller: String, _ key: String, _ digest: RequestDigest,
        _ make: () throws(Status) -> Result
    ) throws(Status) -> Agentd_V1_ExecuteResponse {
        let key = Key(caller: caller, text: key)
        enum Turn { case make, known(Agentd_V1_ExecuteResponse), other, full }
        let turn = entries.wait { all -> Turn? in
            switch all[key] {
            case .done(let result, _):
                return digest.fits(result.digest) ? .known(result.response) : .other
            case .running(let first): return digest == first ? nil : .other
            case nil:
                Self.makeRoom(&all)
                guard all.count < Self.entriesMax else { return .full }
                all[key] = .running(digest)
                return .make
            }
        }
        switch turn {
        case .known(let response): return response
        case .other: throw .keyReused
        case .full: throw Status(.resourceExhausted, "too many idempotency keys are in use")
        case .make: break
        }
        do throws(Status) {
            let result = try make()
            entries.change { $0[key] = .done(result, at: Clock.monotonicNanoseconds) }
            return result.response
        } catch {
            entries.change { $0[key] = nil }
            throw error
        }
    }

    private static func makeRoom(_ all: inout [Key: Entry]) {
        guard all.count >= entriesMax else { return }
        let now = Clock.monotonicNanoseconds
        let old = all.filter { _, entry in
            if case .done(_, let time) = entry { return now &- time > keptNanoseconds }
            return false
        }
        for key in old.keys { all[key] = nil }
        guard all.count >= entriesMax else { return }
        // The oldest result has had the most time to be asked for again.
        let oldest = all.compactMap { key, entry in
            if case .done(_, let time) = entry { return (key, time) }
            return nil
        }.min { $0.1 < $1.1 }
        if let oldest { all[oldest.0] = nil }
    }
}

extension Status {
    /// The request would be right for a daemon that does not know the key: so it is the state that
    /// forbids it, and no INVALID_ARGUMENT, which is wrong whatever the state.
    static var keyReused: Status {
        Status(
            .failedPrecondition, .idempotencyKeyReused,
            "the idempotency key was used for another request; use a new one")
    }
}
