internal import Bytes
internal import Rego

/// YAML: what is read becomes JSON that is read, and JSON read as YAML is the same document.
enum YAMLTarget {
    static let target = FuzzTarget("yaml", bytesMax: 2048) { bytes throws(Finding) in
        let limits = YAMLReader.Limits(bytesMax: 4096, depthMax: 64, nodesMax: 20_000)
        guard let json = try? YAMLNode.json(bytes, limits: limits) else { return }
        let value = json.withUnsafeBytes { try? FrozenData.json($0) }
        guard let value else { throw Finding("no JSON: \(json.text)") }
        // YAML 1.1 breaks lines at NEL, LS and PS, in quoted text too; JSON does not.
        let breaks: [Unicode.Scalar] = ["\u{85}", "\u{2028}", "\u{2029}"]
        guard String(decoding: json, as: UTF8.self).unicodeScalars.allSatisfy({
            !breaks.contains($0)
        }) else { return }
        // Integers past 64 bits are floats in YAML 1.1, unless they are written in another base.
        guard !json.split(whereSeparator: { !ASCII.isDigit($0) }).contains(where: { $0.count > 19 })
        else { return }
        guard json.count < 4096, let again = try? YAMLNode.json(json, limits: limits) else {
            return
        }
        let reread = again.withUnsafeBytes { try? FrozenData.json($0) }
        guard let reread else { throw Finding("no JSON: \(again.text)") }
        try Finding.unless(
            reread.root == value.root, "\(json.text) read as YAML is \(again.text)")
    }
}
