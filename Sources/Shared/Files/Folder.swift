internal import Glibc

/// A folder and the files below it.
public struct Folder: Sendable {
    public let path: String
    private let depthMax: Int
    private let filesMax: Int

    public init(_ path: String, depthMax: Int = 64, filesMax: Int = 100_000) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        self.depthMax = depthMax
        self.filesMax = filesMax
    }

    /// True when `path` names a folder, links followed.
    public static func exists(_ path: String) -> Bool {
        kind(path) == S_IFDIR
    }

    /// The paths of the regular files below the folder, relative to it and sorted by byte.
    ///
    /// A link to a file counts as a file; a link to a folder is not followed. Names that begin
    /// with `..` are left out: Kubernetes keeps the copies behind a mounted volume there.
    public func files() throws(FileError) -> [String] {
        var found: [String] = []
        try collect("", depth: 1, into: &found)
        return found.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    }

    private func collect(
        _ folder: String, depth: Int, into found: inout [String]
    ) throws(FileError) {
        let place = folder.isEmpty ? path : path + "/" + folder
        guard depth <= depthMax else {
            throw FileError(path: place, reason: "deeper than \(depthMax) folders")
        }
        for name in try Self.names(in: place) where !name.hasPrefix("..") && name != "." {
            let relative = folder.isEmpty ? name : folder + "/" + name
            let absolute = path + "/" + relative
            switch Self.kind(absolute) {
            case S_IFREG:
                guard found.count < filesMax else {
                    throw FileError(path: path, reason: "holds more than \(filesMax) files")
                }
                found.append(relative)
            case S_IFDIR where !Self.isLink(absolute):
                try collect(relative, depth: depth + 1, into: &found)
            default:
                continue
            }
        }
    }

    private static func names(in path: String) throws(FileError) -> [String] {
        guard let stream = opendir(path) else { throw FileError(path: path, code: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(
                    to: CChar.self, capacity: MemoryLayout.size(ofValue: field.pointee)
                ) { String(cString: $0) }
            }
            names.append(name)
        }
        return names
    }

    private static func kind(_ path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    private static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }
}
