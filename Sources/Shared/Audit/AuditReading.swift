/// Reads a log while it may be written.
public struct AuditReading: Sendable {
    private let folder: AuditFolder

    /// What one page looks at, at most.
    static let linesMax = 20_000

    public init(folder: String) { self.folder = AuditFolder(path: folder) }

    /// The lines behind number `after` that are wanted.
    ///
    /// - Parameters:
    ///   - limit: how many, at most. A page may have fewer though there are more: `isComplete`
    ///     tells.
    ///   - bytesMax: of its lines, unless the first has more.
    public func page(
        after: UInt64, limit: Int, bytesMax: Int = .max, where isWanted: (AuditEntry) -> Bool
    ) throws(AuditFault) -> AuditPage {
        var page = AuditPage(next: after)
        var looked = 0
        var bytes = 0
        let files = try folder.files()
        let start = files.lastIndex { $0.first <= after &+ 1 } ?? 0
        for file in files.dropFirst(start) {
            let offset = try AuditLineReader.offset(of: after &+ 1, in: file.path)
            var reader = try AuditLineReader(file.path, from: offset)
            while let line = try reader.next() {
                guard let entry = AuditEntry(line), entry.sequence > after else { continue }
                guard page.entries.count < limit, looked < Self.linesMax else { return page }
                looked += 1
                if isWanted(entry) {
                    bytes += line.count
                    guard bytes <= bytesMax || page.entries.isEmpty else { return page }
                    page.entries.append(entry)
                }
                page.next = entry.sequence
            }
        }
        page.isComplete = true
        return page
    }

    /// Every line, in order.
    public func forEach(_ body: (AuditEntry) -> Void) throws(AuditFault) {
        for file in try folder.files() {
            var reader = try AuditLineReader(file.path)
            while let line = try reader.next() {
                if let entry = AuditEntry(line) { body(entry) }
            }
        }
    }
}
