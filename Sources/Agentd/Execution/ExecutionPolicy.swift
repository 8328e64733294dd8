internal import Bytes
internal import IO
internal import Policy
internal import Protos
internal import Rego
internal import Synchronization

/// Asks policy whether an execution may start. Unknown is denied: no policy, an error, or an answer
/// that is no decision allows nothing.
final class ExecutionPolicy: Sendable {
    /// One evaluator for all threads: a decision takes microseconds.
    private final class Desk {
        var evaluator: Evaluator?
    }

    private let store: PolicyStore?
    private let desk: Mutex<Desk>

    init(_ store: PolicyStore?) {
        self.store = store
        desk = Mutex(Desk())
    }

    private static let limits: Limits = {
        var limits = Limits()
        limits.instructionsMax = 10_000_000
        limits.arenaBytesMax = 64 << 20
        limits.timeNanosecondsMax = 250_000_000
        return limits
    }()

    private static let reasonsMax = 32

    /// Why something may not be done, for the caller to read; nil: it may.
    ///
    /// - Parameter paramsJSON: an object, checked before.
    func refusal(
        _ capability: String, paramsJSON: String, _ caller: Caller, sandbox: String,
        metadata: Agentd_V1_RequestMetadata? = nil
    ) -> String? {
        let unknown = "policy does not allow it"
        guard let snapshot = store?.current else { return unknown }
        let input = Self.input(capability, paramsJSON, caller, sandbox, metadata)
        return desk.withLock { desk in
            let evaluator = desk.evaluator ?? Evaluator(snapshot.rego, limits: Self.limits)
            desk.evaluator = evaluator
            if evaluator.snapshot !== snapshot.rego { evaluator.snapshot = snapshot.rego }
            evaluator.begin()
            guard
                let value = try? input.withUnsafeBytes({ try evaluator.arena.value(json: $0) }),
                let answer = try? evaluator.evaluate(
                    snapshot.entryPoint, input: value,
                    nowNanoseconds: Int64(truncatingIfNeeded: Clock.wallNanoseconds))
            else { return unknown }
            guard answer.isObject else { return answer.boolean == true ? nil : unknown }
            func member(_ name: String) -> Value {
                let name = snapshot.rego.internedString(name)
                return name.isDefined ? answer.object[name] : .undefined
            }
            if member("allowed").boolean == true { return nil }
            let reasons = member("deny_reasons").strings(atMost: Self.reasonsMax)
            return reasons.isEmpty ? unknown : reasons.joined(separator: "; ")
        }
    }

    private static func input(
        _ capability: String, _ paramsJSON: String, _ caller: Caller, _ sandbox: String,
        _ metadata: Agentd_V1_RequestMetadata?
    ) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.member("capability", capability)
        writer.member("key_id", caller.keyID)
        writer.member("role", caller.role)
        writer.member("rate_limit_tier", caller.tier)
        writer.member("request_id", caller.requestID)
        writer.member("sandbox_id", sandbox)
        if let metadata {
            writer.object("metadata") {
                $0.number("priority", Int(metadata.priority))
                $0.object("custom") { custom in
                    for (name, value) in metadata.custom.sorted(by: { $0.key < $1.key }) {
                        custom.member(name, value)
                    }
                }
            }
        }
        writer.key("params")
        let params = Array((paramsJSON.isEmpty ? "{}" : paramsJSON).utf8)
        params.withUnsafeBytes { writer.raw($0) }
        writer.endObject()
        return writer.bytes
    }
}
