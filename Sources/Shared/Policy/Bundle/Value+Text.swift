internal import Rego

extension Value {
    /// The text of a string; nil for anything else.
    var text: String? {
        isString ? String(decoding: stringBytes, as: UTF8.self) : nil
    }

    /// The member of an object by name; undefined when there is none.
    func member(_ name: some StringProtocol) -> Value {
        for position in 0..<object.count where object.key(at: position).isSame(as: name) {
            return object.value(at: position)
        }
        return .undefined
    }

    private func isSame(as name: some StringProtocol) -> Bool {
        isString && stringBytes.elementsEqual(name.utf8)
    }
}
