internal import Bytes

/// What a value is, for those who expect something; nil when it is something else.
extension JSONValue {
    var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    var list: [JSONValue]? {
        if case .list(let values) = self { values } else { nil }
    }

    /// Exact; 1.0 and 1e3 are whole numbers as well.
    var integer: Int64? {
        guard case .number(let text) = self else { return nil }
        return Int64(text) ?? Double(text).flatMap { Int64(exactly: $0) }
    }

    /// Whether the number was spelt as one that has no fraction and no exponent.
    var isSpeltWhole: Bool {
        guard case .number(let text) = self else { return false }
        return text.utf8.allSatisfy { ASCII.isDigit($0) || $0 == UInt8(ascii: "-") }
    }

    /// The bytes of `{"base64": "…"}`.
    var blob: [UInt8]? {
        guard case .object(let members) = self, members.count == 1,
            let text = members["base64"]?.text
        else { return nil }
        return try? Base64.standard.decode(Array(text.utf8).span)
    }
}
