internal import Rego

/// Finds credentials in what is to become a bundle. A bundle is copied, cached and served, so
/// none may be in one; the egress role reads them from its own sources.
struct SecretScanner {
    struct Finding: Equatable {
        let path: String
        let what: String

        var description: String { "\(path): \(what)" }
    }

    private(set) var findings: [Finding] = []

    /// Names of files that exist to hold secrets.
    private static let fileEndings = [
        ".env", ".pem", ".key", ".p12", ".pfx", "id_rsa", "id_ed25519", "secrets.json",
        "secrets.yaml", "secrets.yml",
    ]

    /// How issuers begin their tokens, and how many characters follow at least.
    private static let tokens: [(prefix: String, rest: Int, what: String)] = [
        ("sk-ant-", 20, "an Anthropic API key"), ("sk-", 20, "an API key"),
        ("ghp_", 30, "a GitHub token"), ("gho_", 30, "a GitHub token"),
        ("ghs_", 30, "a GitHub token"), ("github_pat_", 30, "a GitHub token"),
        ("xoxb-", 20, "a Slack token"), ("xoxp-", 20, "a Slack token"),
        ("xoxa-", 20, "a Slack token"), ("AKIA", 16, "an AWS access key id"),
        ("AIza", 30, "a Google API key"), ("glpat-", 20, "a GitLab token"),
    ]

    /// Last words of members whose values are credentials.
    private static let memberWords = [
        "token", "secret", "password", "passwd", "private_key", "secret_key", "access_key",
        "credential", "client_secret",
    ]

    mutating func scan(file path: String, _ bytes: [UInt8]) {
        let lower = path.lowercased()
        if Self.fileEndings.contains(where: { lower.hasSuffix($0) }) {
            found(path, "a file of that name holds credentials")
        }
        if let what = Self.credential(in: bytes) { found(path, what) }
    }

    /// Looks at names of members too, which the bytes alone do not show.
    mutating func scan(data value: Value, at path: String) {
        switch value.kind {
        case .object:
            for position in 0..<value.object.count {
                let name = value.object.key(at: position).text ?? ""
                let member = value.object.value(at: position)
                let place = "\(path)/\(name)"
                if Self.isCredentialName(name), Self.isLiteral(member) {
                    found(place, "a member of that name holds a credential")
                }
                scan(data: member, at: place)
            }
        case .array:
            for (index, element) in value.array.buffer.enumerated() {
                scan(data: element, at: "\(path)/\(index)")
            }
        case .undefined, .null, .boolean, .number, .string, .set:
            break
        }
    }

    private mutating func found(_ path: String, _ what: String) {
        findings.append(Finding(path: path, what: what))
    }

    private static func isCredentialName(_ name: String) -> Bool {
        let lower = name.lowercased()
        return memberWords.contains { lower == $0 || lower.hasSuffix("_" + $0) }
    }

    /// Neither empty nor a reference such as `env:NAME` or `${NAME}`.
    private static func isLiteral(_ value: Value) -> Bool {
        guard let text = value.text, !text.isEmpty else { return false }
        let references = ["env:", "file:", "exec:", "${", "sha256:"]
        return !references.contains { text.hasPrefix($0) }
    }

    private static func credential(in bytes: [UInt8]) -> String? {
        if contains(bytes, "PRIVATE KEY-----", at: bytes.indices) { return "a private key" }
        for index in bytes.indices where isStart(bytes, index) {
            for token in tokens where matches(bytes, token.prefix, at: index) {
                let rest = bytes[(index + token.prefix.utf8.count)...].prefix(while: isTokenByte)
                if rest.count >= token.rest { return token.what }
            }
        }
        return nil
    }

    private static func contains(_ bytes: [UInt8], _ text: String, at range: Range<Int>) -> Bool {
        range.contains { matches(bytes, text, at: $0) }
    }

    private static func matches(_ bytes: [UInt8], _ text: String, at index: Int) -> Bool {
        bytes[index] == text.utf8.first && bytes[index...].starts(with: text.utf8)
    }

    /// A token does not begin in the middle of a word.
    private static func isStart(_ bytes: [UInt8], _ index: Int) -> Bool {
        index == 0 || !isTokenByte(bytes[index - 1])
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "-")
    }
}
