/// What one parameter of a capability may be: its schema is published, and enforced, from here.
struct ParameterRule {
    enum Kind {
        case text(bytesMin: Int, bytesMax: Int)
        case texts(countMax: Int, bytesMax: Int)
        case map(countMax: Int, bytesMax: Int)
        case number(ClosedRange<Int64>)
        case flag
        case word([String])
        /// What SQLite stores: null, numbers, texts, and blobs as objects with `base64`.
        case values(countMax: Int, bytesMax: Int)
    }

    let name: String
    let kind: Kind
    var isRequired = false

    static func rules(of capability: Capability) -> [ParameterRule] {
        let path = ParameterRule(
            name: "path", kind: .text(bytesMin: 1, bytesMax: 4096), isRequired: true)
        switch capability {
        case .shellExec:
            return [
                ParameterRule(
                    name: "command", kind: .text(bytesMin: 1, bytesMax: 4096), isRequired: true),
                ParameterRule(name: "args", kind: .texts(countMax: 256, bytesMax: 4096)),
                ParameterRule(name: "timeout_ms", kind: .number(1...600_000)),
                ParameterRule(name: "cwd", kind: .text(bytesMin: 1, bytesMax: 4096)),
                ParameterRule(name: "env", kind: .map(countMax: 256, bytesMax: 8192)),
                ParameterRule(name: "stdin", kind: .text(bytesMin: 0, bytesMax: 1 << 20)),
            ]
        case .fsRead:
            return [
                path, ParameterRule(name: "offset", kind: .number(0...Int64.max >> 11)),
                ParameterRule(name: "len", kind: .number(1...1 << 20)),
            ]
        case .fsWrite:
            return [
                path,
                ParameterRule(
                    name: "content", kind: .text(bytesMin: 0, bytesMax: 1 << 20),
                    isRequired: true),
                ParameterRule(name: "encoding", kind: .word(["utf-8", "base64"])),
                ParameterRule(name: "mode", kind: .word(["create", "write", "append"])),
                ParameterRule(name: "create_dirs", kind: .flag),
            ]
        case .fsList: return [path]
        case .sqliteQuery:
            return [
                ParameterRule(
                    name: "database_path", kind: .text(bytesMin: 1, bytesMax: 4096),
                    isRequired: true),
                ParameterRule(
                    name: "query", kind: .text(bytesMin: 1, bytesMax: 64 << 10), isRequired: true),
                ParameterRule(name: "params", kind: .values(countMax: 256, bytesMax: 1 << 20)),
                ParameterRule(name: "max_rows", kind: .number(1...1000)),
                ParameterRule(name: "timeout_ms", kind: .number(1...30_000)),
            ]
        case .fsEdit:
            return [
                path,
                ParameterRule(
                    name: "old_string", kind: .text(bytesMin: 1, bytesMax: 1 << 20),
                    isRequired: true),
                ParameterRule(
                    name: "new_string", kind: .text(bytesMin: 0, bytesMax: 1 << 20),
                    isRequired: true),
                ParameterRule(name: "replace_all", kind: .flag),
            ]
        }
    }

    /// JSON Schema.
    var schema: String {
        switch kind {
        case .text(let least, let most):
            "{\"type\":\"string\",\"minLength\":\(least),\"maxLength\":\(most)}"
        case .texts(let count, let most):
            "{\"type\":\"array\",\"maxItems\":\(count),"
                + "\"items\":{\"type\":\"string\",\"maxLength\":\(most)}}"
        case .map(let count, let most):
            "{\"type\":\"object\",\"maxProperties\":\(count),"
                + "\"propertyNames\":{\"pattern\":\"^[A-Za-z_][A-Za-z0-9_]*$\"},"
                + "\"additionalProperties\":{\"type\":\"string\",\"maxLength\":\(most)}}"
        case .number(let range):
            "{\"type\":\"integer\",\"minimum\":\(range.lowerBound),"
                + "\"maximum\":\(range.upperBound)}"
        case .flag: "{\"type\":\"boolean\"}"
        case .word(let words):
            "{\"enum\":[\(words.map { "\"\($0)\"" }.joined(separator: ","))]}"
        case .values(let count, let most):
            "{\"type\":\"array\",\"maxItems\":\(count),\"items\":{\"anyOf\":["
                + "{\"type\":[\"null\",\"number\",\"boolean\"]},"
                + "{\"type\":\"string\",\"maxLength\":\(most)},"
                + "{\"type\":\"object\",\"properties\":{\"base64\":{\"type\":\"string\","
                + "\"contentEncoding\":\"base64\"}},\"required\":[\"base64\"],"
                + "\"additionalProperties\":false}]}}"
        }
    }
}
