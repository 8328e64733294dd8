internal import Bytes

/// What may stand in header fields, signature scopes and URLs that the configuration names.
enum FieldText {
    /// A token (RFC 9110 §5.1).
    static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                ASCII.isDigit(byte) || isLetter(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }

    /// Visible bytes and blanks (RFC 9110 §5.5), at least one.
    static func isValue(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    /// Letters, digits, `-`, `_` and `.`.
    static func isScopePart(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                ASCII.isDigit(byte) || isLetter(byte) || "-_.".utf8.contains(byte)
            }
    }

    /// An `https` URL without a user's name or password, which faults that name the URL would tell.
    static func isServerURL(_ text: String) -> Bool {
        let scheme = "https://"
        let authority = text.dropFirst(scheme.count).prefix { !"/?#\\".contains($0) }
        return text.hasPrefix(scheme) && !authority.isEmpty && !authority.contains("@")
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        ASCII.lowercased(byte) &- UInt8(ascii: "a") < 26
    }
}
