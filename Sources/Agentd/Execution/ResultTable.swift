internal import GRPC
internal import IO
internal import Protos

/// What executions with an idempotency key came to: who asks again gets the first result, and waits
/// for it while it is being made. Who asks for something else is told so at once.
final class ResultTable: Sendable {
    /// How much of results is kept; the oldest go first.
    struct Limits: Sendable {
        var resultsMax = 10_000
        var resultBytesMax = 256 << 20
        var keptNanoseconds: UInt64 = 86_400_000_000_000
    }

    struct Result {
        let response: Agentd_V1_ExecuteResponse
        /// Of the request that it is the result of; nil when that is not known.
        let digest: [UInt8]?

        init(_ response: Agentd_V1_ExecuteResponse, of digest: [UInt8]?) {
            self.response = response
            self.digest = digest
        }

        /// What it takes of memory, but for what is the same for all.
        var bytes: Int {
            let result = response.result
            return result.stdoutBytes.count + result.stdout.utf8.count + result.stderr.utf8.count
                + result.outputJson.utf8.count + response.error.detailsJson.utf8.count
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

    private struct Contents {
        var entries: [Key: Entry] = [:]
        /// Of all results.
        var bytes = 0

        mutating func remove(_ key: Key) {
            guard case .done(let result, _) = entries.removeValue(forKey: key) else { return }
            bytes -= result.bytes
        }

        /// Removes the oldest results until there is room. What runs stays.
        mutating func makeRoom(for count: Int, bytes more: Int, _ limits: Limits) {
            func isEnough() -> Bool {
                entries.count + count <= limits.resultsMax && bytes + more <= limits.resultBytesMax
            }
            guard !isEnough() else { return }
            let done = entries.compactMap { key, entry in
                if case .done(_, let time) = entry { (key, time) } else { nil }
            }
            for (key, _) in done.sorted(by: { $0.1 < $1.1 }) where !isEnough() { remove(key) }
        }
    }

    private enum Turn {
        case make, other, full
        case known(Agentd_V1_ExecuteResponse)
    }

    private let contents = Monitor(Contents())
    private let limits: Limits

    init(limits: Limits = Limits()) { self.limits = limits }

    /// The result of `make`, made once for each key of a caller. What was not run is not kept.
    func first(
        of caller: String, _ key: String, _ digest: RequestDigest,
        _ make: () throws(Status) -> Result
    ) throws(Status) -> Agentd_V1_ExecuteResponse {
        let key = Key(caller: caller, text: key)
        switch contents.wait({ turn(of: key, digest, &$0) }) {
        case .known(let response): return response
        case .other: throw .keyReused
        case .full: throw Status(.resourceExhausted, "too many idempotency keys are in use")
        case .make: break
        }
        do throws(Status) {
            let result = try make()
            contents.change { contents in
                contents.makeRoom(for: 0, bytes: result.bytes, limits)
                contents.bytes += result.bytes
                contents.entries[key] = .done(result, at: Clock.monotonicNanoseconds)
            }
            return result.response
        } catch {
            contents.change { $0.remove(key) }
            throw error
        }
    }

    /// Nil while the one that it waits for runs.
    private func turn(
        of key: Key, _ digest: RequestDigest, _ contents: inout Contents
    ) -> Turn? {
        switch contents.entries[key] {
        case .running(let first): return digest == first ? nil : .other
        case .done(let result, let time)
        where Clock.monotonicNanoseconds &- time <= limits.keptNanoseconds:
            return digest.fits(result.digest) ? .known(result.response) : .other
        case .done, nil:
            contents.remove(key)
            contents.makeRoom(for: 1, bytes: 0, limits)
            guard contents.entries.count < limits.resultsMax else { return .full }
            contents.entries[key] = .running(digest)
            return .make
        }
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
