internal import Bytes
internal import Rego
internal import Synchronization

/// Every builtin with every kind of argument: a name, a NUL, and a JSON array of arguments. It
/// ends within the budget, and answers JSON or an error.
enum BuiltinTarget {
    static let target = FuzzTarget("builtin") { bytes throws(Finding) in
        let (name, json) = bytes.halves
        guard let declared = BuiltinDeclarations.byName[String(decoding: name, as: UTF8.self)],
            let policy = policies.withLock({ $0.policy(declared.name, json) })
        else { return }
        let answer = policy.answer("data.t.p", Snapshot(policy.program), input: json)
        guard case .value(let text) = answer else { return }
        let isRead = text.withUnsafeBytes { (try? FrozenData.json($0)) != nil }
        try Finding.unless(isRead, "\(declared.name) answers what is no JSON: \(text.text)")
    }

    private static let policies = Mutex(Policies())

    /// One policy a builtin and number of arguments, compiled once.
    private struct Policies {
        private var made: [String: FuzzPolicy] = [:]

        mutating func policy(_ name: String, _ json: [UInt8]) -> FuzzPolicy? {
            let count = json.withUnsafeBytes { text -> Int? in
                guard let frozen = try? FrozenData.json(text), frozen.root.isArray else {
                    return nil
                }
                return frozen.root.array.count
            }
            guard let count, count <= 8 else { return nil }
            let arguments = (0..<count).map { "input[\($0)]" }.joined(separator: ", ")
            let source = "package t\np := \(name)(\(arguments))"
            if let policy = made[source] { return policy }
            let policy = FuzzPolicy(Array(source.utf8), entries: ["data.t.p"])
            made[source] = policy
            return policy
        }
    }
}
