/// A regular file from an archive.
public struct TarEntry: Sendable, Equatable {
    /// The path inside the archive without a leading `/` or `./`; never holds `.`, `..` or an
    /// empty segment.
    public let path: String
    /// The name as the archive spells it.
    public let name: String
    public let bytes: [UInt8]

    public init(path: String, name: String, bytes: [UInt8]) {
        self.path = path
        self.name = name
        self.bytes = bytes
    }

    /// The path that `name` stands for inside an archive.
    static func normalise(_ name: String) throws(TarError) -> String {
        var segments: [Substring] = []
        for byte in name.utf8 where byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\\") {
            throw .badName(
                name: printable(name), reason: "the name holds a control byte or a backslash")
        }
        for segment in name.split(separator: "/", omittingEmptySubsequences: true) {
            if segment == "." { continue }
            if segment == ".." {
                throw .badName(name: name, reason: "the name points outside the archive (..)")
            }
            segments.append(segment)
        }
        return segments.joined(separator: "/")
    }

    static func printable(_ name: String) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.filter { $0.value >= 0x20 }))
    }
}
