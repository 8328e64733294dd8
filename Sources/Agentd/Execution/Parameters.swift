internal import SwiftProtobuf

/// The parameters of one execution, each as its rule wants it.
struct Parameters {
    /// What is wrong with them.
    struct Fault: Error, Equatable {
        let text: String
    }

    private let members: [String: Google_Protobuf_Value]

    /// - Parameter json: empty for none.
    init(_ json: String, for capability: Capability) throws(Fault) {
        do {
            let text = json.isEmpty ? "{}" : json
            members = try Google_Protobuf_Struct(jsonString: text).fields
        } catch {
            throw Fault(text: "params_json is no JSON object")
        }
        let rules = ParameterRule.rules(of: capability)
        for name in members.keys where !rules.contains(where: { $0.name == name }) {
            throw Fault(text: "no parameter of \(capability.rawValue) is called '\(name)'")
        }
        for rule in rules {
            guard let value = members[rule.name] else {
                guard !rule.isRequired else { throw Fault(text: "\(rule.name) is missing") }
                continue
            }
            guard Self.isValid(value, rule.kind) else {
                throw Fault(text: "\(rule.name) does not match its schema: \(rule.schema)")
            }
        }
    }

    /// The parameters as they were understood, for whoever else looks at them: two readers of the
    /// client's own text could understand it in two ways.
    var json: String {
        var all = Google_Protobuf_Struct()
        all.fields = members
        return (try? all.jsonString()) ?? "{}"
    }

    func text(_ name: String) -> String? { members[name]?.stringValue }

    func texts(_ name: String) -> [String]? {
        members[name]?.listValue.values.map(\.stringValue)
    }

    func map(_ name: String) -> [String: String] {
        members[name]?.structValue.fields.mapValues(\.stringValue) ?? [:]
    }

    func number(_ name: String) -> Int64? { members[name].map { Int64($0.numberValue) } }

    func flag(_ name: String) -> Bool { members[name]?.boolValue ?? false }

    // MARK: rules

    private static func isValid(
        _ value: Google_Protobuf_Value, _ kind: ParameterRule.Kind
    ) -> Bool {
        switch (kind, value.kind) {
        case (.text(let least, let most), .stringValue(let text)):
            isText(text, most) && text.utf8.count >= least
        case (.texts(let count, let most), .listValue(let list)):
            list.values.count <= count
                && list.values.allSatisfy {
                    if case .stringValue(let text) = $0.kind { return isText(text, most) }
                    return false
                }
        case (.map(let count, let most), .structValue(let map)):
            map.fields.count <= count
                && map.fields.allSatisfy {
                    guard case .stringValue(let text) = $1.kind else { return false }
                    return isName($0) && isText(text, most)
                }
        case (.fields(let count, let most), .structValue(let map)):
            map.fields.count <= count
                && map.fields.allSatisfy {
                    guard case .stringValue(let text) = $1.kind else { return false }
                    return isFieldName($0) && isText(text, most)
                }
        case (.number(let range), .numberValue(let number)):
            number.rounded() == number && number >= Double(range.lowerBound)
                && number <= Double(range.upperBound)
        case (.flag, .boolValue): true
        case (.word(let words), .stringValue(let word)): words.contains(word)
        default: false
        }
    }

    /// A NUL ends what the kernel reads.
    private static func isText(_ text: String, _ bytesMax: Int) -> Bool {
        text.utf8.count <= bytesMax && !text.utf8.contains(0)
    }

    private static func isFieldName(_ name: String) -> Bool {
        guard let first = name.utf8.first, (first | 0x20) &- 0x61 < 26 else { return false }
        return name.utf8.allSatisfy { byte in
            byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "-")
        }
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "_")
        }
    }
}
