internal import GRPC
internal import IO
internal import Protos

/// What executions with an idempotency key came to: who asks again gets the first result, and waits
/// for it while it is being made.
final class ResultTable: Sendable {
    private struct Key: Hashable {
        let caller: String
        let text: String
    }

    private enum Entry {
        case running
        case done(Agentd_V1_ExecuteResponse, at: UInt64)
    }

    private let entries = Monitor<[Key: Entry]>([:])
    private static let entriesMax = 10_000
    private static let keptNanoseconds: UInt64 = 86_400_000_000_000

    /// The result of `make`, made once for each key of a caller. What was not run is not kept.
    func first(
        of caller: String, _ key: String,
        _ make: () throws(Status) -> Agentd_V1_ExecuteResponse
    ) throws(Status) -> Agentd_V1_ExecuteResponse {
        let key = Key(caller: caller, text: key)
        enum Turn { case make, known(Agentd_V1_ExecuteResponse), full }
        let turn = entries.wait { all -> Turn? in
            switch all[key] {
            case .done(let response, _): return .known(response)
            case .running: return nil
            case nil:
                Self.makeRoom(&all)
                guard all.count < Self.entriesMax else { return .full }
                all[key] = .running
                return .make
            }
        }
        switch turn {
        case .known(let response): return response
        case .full: throw Status(.resourceExhausted, "too many idempotency keys are in use")
        case .make: break
        }
        do throws(Status) {
            let response = try make()
            entries.change { $0[key] = .done(response, at: Clock.monotonicNanoseconds) }
            return response
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
