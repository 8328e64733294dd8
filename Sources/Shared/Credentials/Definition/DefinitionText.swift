internal import Bytes

/// What may stand in signature scopes and URLs that the configuration names.
enum DefinitionText {
    /// Letters, digits, `-`, `_` and `.`.
    static func isScopePart(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                ASCII.isDigit(byte) || ASCII.isLetter(byte) || "-_.".utf8.contains(byte)
            }
    }

    /// An `https` URL without a user's name or password, which faults that name the URL would tell.
    static func isServerURL(_ text: String) -> Bool {
        let scheme = "https://"
        let authority = text.dropFirst(scheme.count).prefix { !"/?#\\".contains($0) }
        return text.hasPrefix(scheme) && !authority.isEmpty && !authority.contains("@")
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }
}
