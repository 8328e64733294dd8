internal import Bytes

/// Collects the faults of one file while its sections are read.
final class Decoder {
    let file: String
    let surroundings: Surroundings
    private(set) var faults: [ConfigurationFault] = []
    /// Where each value that was read stands.
    private(set) var marks: [String: YAMLMark] = [:]

    init(file: String, surroundings: Surroundings) {
        self.file = file
        self.surroundings = surroundings
    }

    func fault(_ mark: YAMLMark?, _ message: String) {
        faults.append(
            ConfigurationFault(
                file: file, line: mark?.line ?? 0, column: mark?.column ?? 0, message: message))
    }

    /// Reads a scalar as `kind`; nil after a fault.
    func value<Value>(_ node: YAMLNode, _ kind: Kind<Value>, at path: String) -> Value? {
        marks[path] = node.mark
        guard case .scalar(let scalar) = node.content else {
            let got = if case .sequence = node.content { "a list" } else { "a section" }
            fault(node.mark, "\(path) is \(got); accepted: \(kind.accepted)")
            return nil
        }
        if scalar.isPlain, ["", "~", "null", "Null", "NULL"].contains(scalar.text) {
            fault(node.mark, "\(path) has no value; accepted: \(kind.accepted)")
            return nil
        }
        let text: Interpolation
        switch Interpolation.expand(scalar.text, surroundings) {
        case .success(let expanded): text = expanded
        case .failure(let problem):
            fault(node.mark, "\(path): \(problem.reason)")
            return nil
        }
        if let value = kind.parse(text.value) { return value }
        let shown =
            text.isFromOutside
            ? "what \(scalar.text) stands for" : kind.isSecret ? "this" : "'\(text.value)'"
        let near = text.isFromOutside ? nil : Spelling.nearest(to: text.value, in: kind.words)
        fault(
            node.mark,
            "\(path): \(shown) is not accepted; accepted: \(kind.accepted)"
                + Spelling.suggestion(near))
        return nil
    }
}
