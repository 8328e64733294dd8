/// Something that does not hold for some input.
public struct Finding: Error, CustomStringConvertible {
    public let text: String

    init(_ text: String) { self.text = text }

    public var description: String { text }

    /// Throws unless the condition holds.
    static func unless(
        _ condition: Bool, _ text: @autoclosure () -> String
    ) throws(Finding) {
        guard condition else { throw Finding(text()) }
    }
}

extension [UInt8] {
    /// For messages: invalid bytes become replacement characters.
    var text: String { String(decoding: self, as: UTF8.self).debugDescription }

    /// The bytes before the first NUL, and those behind it.
    var halves: (first: [UInt8], second: [UInt8]) {
        guard let middle = firstIndex(of: 0) else { return (self, []) }
        return (Array(self[..<middle]), Array(self[(middle + 1)...]))
    }
}
