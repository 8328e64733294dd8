internal import Files
internal import Synchronization

/// Tells when one of some files is not what it was.
final class FileWatch: Sendable {
    private let paths: [String]
    private let stamps: Mutex<[FileStamp?]>

    init(_ paths: [String?]) {
        self.paths = paths.compactMap(\.self)
        stamps = Mutex(Self.stamps(of: self.paths))
    }

    /// Takes the files as they are now for what they were.
    func remember() {
        let now = Self.stamps(of: paths)
        stamps.withLock { $0 = now }
    }

    var hasChanged: Bool {
        let now = Self.stamps(of: paths)
        return stamps.withLock { $0 != now }
    }

    private static func stamps(of paths: [String]) -> [FileStamp?] {
        paths.map { FileStamp(path: $0) }
    }
}
