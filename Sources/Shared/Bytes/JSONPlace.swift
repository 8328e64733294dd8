/// Says where a JSON text is wrong, for people.
public enum JSONPlace {
    /// A sentence without an end, with line and column from 1; columns are bytes.
    public static func describe(_ error: JSONError, in bytes: [UInt8]) -> String {
        switch error {
        case .incomplete: "unexpected end of JSON input"
        case .tooDeep(let limit): "nested deeper than \(limit) levels"
        case .unexpected(let at): "unexpected byte at \(place(of: at, in: bytes))"
        case .badString(let at): "malformed string at \(place(of: at, in: bytes))"
        case .badNumber(let at): "malformed number at \(place(of: at, in: bytes))"
        case .trailingBytes(let at): "something after the document at \(place(of: at, in: bytes))"
        }
    }

    /// `line 1, column 1` for the first byte.
    public static func place(of offset: Int, in bytes: [UInt8]) -> String {
        let before = bytes.prefix(max(0, offset))
        let line = before.count { $0 == ASCII.lineFeed } + 1
        let lineStart = before.lastIndex(of: ASCII.lineFeed).map { $0 + 1 } ?? 0
        return "line \(line), column \(before.count - lineStart + 1)"
    }
}
