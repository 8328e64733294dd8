internal import Rego

extension Value {
    /// The text of a string; nil for anything else.
    var text: String? {
        isString ? String(decoding: stringBytes, as: UTF8.self) : nil
    }
}
