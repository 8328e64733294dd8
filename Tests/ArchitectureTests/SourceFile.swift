import Foundation

/// A source file as text.
struct SourceFile {
    /// Below the repository's folder.
    let path: String
    let lines: [String]

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    init(path: String, text: String) {
        self.path = path
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        self.lines = lines
    }

    init(path: String) throws {
        let text = try String(contentsOfFile: "\(Self.root)/\(path)", encoding: .utf8)
        self.init(path: path, text: text)
    }

    /// The Swift files below a folder, those of nested folders too.
    static func all(below folder: String) throws -> [SourceFile] {
        let names = FileManager.default.enumerator(atPath: "\(root)/\(folder)")
        return try (names?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(".swift") }.sorted()
            .map { try SourceFile(path: "\(folder)/\($0)") }
    }

    /// The modules that are imported, of `import struct A.B` too.
    var imports: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard let place = words.firstIndex(of: "import"),
                words[..<place].allSatisfy({ Self.modifiers.contains($0) || $0.hasPrefix("@") })
            else { return nil }
            let name = words[(place + 1)...].first { !Self.kinds.contains($0) }
            return name?.split(separator: ".").first.map(String.init)
        }
    }

    private static let modifiers: Set = ["public", "internal", "fileprivate", "private", "package"]
    private static let kinds: Set = [
        "struct", "class", "enum", "protocol", "typealias", "func", "let", "var",
    ]
}
