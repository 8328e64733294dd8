internal import Bytes
internal import Rego

/// Compiling and evaluating: a source, a NUL, and JSON for input and data. The budget holds, two
/// evaluators agree, and a rule asked by itself answers what it answers as a part of `data`.
enum EvaluationTarget {
    static let target = FuzzTarget("evaluate") { bytes throws(Finding) in
        let (source, json) = bytes.halves
        guard let policy = FuzzPolicy(source, entries: ["data", "data.t.p"]) else { return }
        let data = json.withUnsafeBytes { try? FrozenData.json($0) } ?? .empty
        let snapshot = Snapshot(policy.program, data: data.root.isObject ? data : .empty)
        let whole = policy.answer("data", snapshot, input: json)
        guard !policy.isRandom, case .value(let document) = whole else { return }
        let again = policy.answer("data", snapshot, input: json)
        try Finding.unless(
            whole == again, "two answers: \(whole) and \(again)")
        guard case .value(let rule) = policy.answer("data.t.p", snapshot, input: json),
            let member = member(of: document)
        else { return }
        try Finding.unless(
            rule == member, "data.t.p is \(rule.text), of data it is \(member.text)")
    }

    /// `document.t.p` written as JSON.
    private static func member(of document: [UInt8]) -> [UInt8]? {
        let frozen = document.withUnsafeBytes { try? FrozenData.json($0) }
        guard let frozen, frozen.root.isObject else { return nil }
        return withExtendedLifetime(frozen) {
            let package = frozen.root.object["t"]
            guard package.isObject, package.object["p"].isDefined else { return nil }
            return package.object["p"].json()
        }
    }
}
