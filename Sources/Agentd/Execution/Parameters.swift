internal import Bytes

/// The parameters of one execution, each as its rule wants it.
struct Parameters {
    /// What is wrong with them.
    struct Fault: Error, Equatable {
        let text: String
    }

    private let members: [String: JSONValue]

    /// - Parameter json: empty for none.
    init(_ json: String, for capability: Capability) throws(Fault) {
        members = try Self.members(of: json)
        let rules = ParameterRule.rules(of: capability)
        for name in members.keys where !rules.contains(where: { $0.name == name }) {
            throw Fault(text: "no parameter of \(capability.rawValue) is called '\(name)'")
        }
        for rule in rules {
            guard let value = members[rule.name] else {
                guard !rule.isRequired else { throw Fault(text: "\(rule.name) is missing") }
                continue
            }
            guard rule.admits(value) else {
                throw Fault(text: "\(rule.name) does not match its schema: \(rule.schema)")
            }
        }
    }

    private static func members(of json: String) throws(Fault) -> [String: JSONValue] {
        guard !json.isEmpty else { return [:] }
        do throws(JSONValue.Fault) {
            guard case .object(let members) = try JSONValue(Array(json.utf8)) else {
                throw JSONValue.Fault(text: "expected an object")
            }
            return members
        } catch {
            throw Fault(text: "params_json: \(error.text)")
        }
    }

    /// The parameters as they were understood, for whoever else looks at them: two readers of the
    /// client's own text could understand it in two ways.
    var json: String {
        var writer = JSONWriter()
        JSONValue.object(members).write(to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    func text(_ name: String) -> String? { members[name]?.text }

    func texts(_ name: String) -> [String]? { members[name]?.list?.compactMap(\.text) }

    func map(_ name: String) -> [String: String] {
        guard case .object(let map) = members[name] else { return [:] }
        return map.compactMapValues(\.text)
    }

    func number(_ name: String) -> Int64? { members[name]?.integer }

    func flag(_ name: String) -> Bool { members[name] == .boolean(true) }

    func values(_ name: String) -> [JSONValue] { members[name]?.list ?? [] }
}
