internal import Bytes

/// A mapping that is being read. It remembers which keys were asked for, so that `finish` can
/// name the ones that have no effect.
final class Section {
    /// The dotted path from the root of the file; empty for the root.
    let path: String
    /// Nil when the section is left out of the file.
    let mark: YAMLMark?
    private let decoder: Decoder
    private let pairs: [YAMLPair]
    private var known: [String] = []

    /// `node` may be nil: then every key is absent.
    init(_ node: YAMLNode?, path: String, decoder: Decoder) {
        self.path = path
        self.decoder = decoder
        mark = node?.mark
        switch node?.content {
        case nil: pairs = []
        case .mapping(let pairs): self.pairs = pairs
        case .scalar(let scalar) where scalar.isPlain && scalar.text.isEmpty: pairs = []
        case .scalar, .sequence:
            pairs = []
            decoder.fault(node?.mark, "\(path) is no section; accepted: keys with values")
        }
        reportUnusableKeys()
    }

    var isPresent: Bool { mark != nil }

    func has(_ key: String) -> Bool { node(key) != nil }

    func markOf(_ key: String) -> YAMLMark? { node(key)?.mark ?? mark }

    /// The value of `key`, nil when it is absent or wrong.
    func read<Value>(_ key: String, _ kind: Kind<Value>) -> Value? {
        guard let node = node(key) else { return nil }
        return decoder.value(node, kind, at: name(key))
    }

    func read<Value>(_ key: String, _ kind: Kind<Value>, default fallback: Value) -> Value {
        read(key, kind) ?? fallback
    }

    /// The value of `key`, whose absence is a fault.
    func require<Value>(_ key: String, _ kind: Kind<Value>) -> Value? {
        guard has(key) else {
            fault(mark, "\(name(key)) is missing; accepted: \(kind.accepted)")
            return nil
        }
        return read(key, kind)
    }

    /// The values of a list, nil when it is absent or one of them is wrong.
    func list<Value>(_ key: String, _ kind: Kind<Value>) -> [Value]? {
        guard let items = items(key) else { return nil }
        let values = items.enumerated().compactMap { index, node in
            decoder.value(node, kind, at: "\(name(key))[\(index)]")
        }
        return values.count == items.count ? values : nil
    }

    func section(_ key: String) -> Section {
        Section(node(key), path: name(key), decoder: decoder)
    }

    /// The section of `key`; nil when the value is the word `off`.
    func sectionUnlessOff(_ key: String) -> Section? {
        if case .scalar(let scalar) = node(key)?.content, scalar.isPlain, scalar.text == "off" {
            return nil
        }
        return section(key)
    }

    /// The sections of a list, nil when it is absent.
    func sections(_ key: String) -> [Section]? {
        items(key)?.enumerated().map { index, node in
            Section(node, path: "\(name(key))[\(index)]", decoder: decoder)
        }
    }

    /// The sections of a mapping whose keys are names that the file chooses.
    func namedSections(_ key: String) -> [(name: String, section: Section)] {
        let all = section(key)
        return all.pairs.compactMap { pair in
            guard let name = Self.text(pair.key) else { return nil }
            return (name, Section(pair.value, path: all.name(name), decoder: decoder))
        }
    }

    /// The values of a mapping whose keys are names that the file chooses; wrong ones are left out.
    func namedValues<Value>(_ key: String, _ kind: Kind<Value>) -> [(name: String, value: Value)] {
        let all = section(key)
        return all.pairs.compactMap { pair in
            guard let name = Self.text(pair.key),
                let value = decoder.value(pair.value, kind, at: all.name(name))
            else { return nil }
            return (name, value)
        }
    }

    func fault(_ mark: YAMLMark?, _ message: String) {
        decoder.fault(mark ?? self.mark, message)
    }

    /// Every key that nobody asked for is a fault. To be called once, after the last read.
    func finish() {
        for pair in pairs {
            guard let key = Self.text(pair.key), !known.contains(key) else { continue }
            let near = Spelling.nearest(to: key, in: known)
            let accepted = known.isEmpty ? "nothing" : known.joined(separator: ", ")
            fault(
                pair.key.mark,
                "unknown key \(name(key)); accepted here: \(accepted)" + Spelling.suggestion(near))
        }
    }

    func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private func node(_ key: String) -> YAMLNode? {
        if !known.contains(key) { known.append(key) }
        return pairs.first { Self.text($0.key) == key }?.value
    }

    private func items(_ key: String) -> [YAMLNode]? {
        guard let node = node(key) else { return nil }
        guard case .sequence(let items) = node.content else {
            fault(node.mark, "\(name(key)) is no list; accepted: a list")
            return nil
        }
        return items
    }

    private func reportUnusableKeys() {
        var seen: Set<String> = []
        for pair in pairs {
            guard let key = Self.text(pair.key) else {
                decoder.fault(pair.key.mark, "a key is no plain word; accepted: a word")
                continue
            }
            if !seen.insert(key).inserted {
                decoder.fault(
                    pair.key.mark, "\(name(key)) occurs twice; accepted: each key once")
            }
        }
    }

    private static func text(_ node: YAMLNode) -> String? {
        if case .scalar(let scalar) = node.content { scalar.text } else { nil }
    }
}
