internal import Glibc

/// The files of a log.
struct AuditFolder: Sendable {
    struct File: Equatable, Sendable {
        let path: String
        /// The number of its first line.
        let first: UInt64
    }

    let path: String

    /// In the order of their lines.
    func files() throws(AuditFault) -> [File] {
        guard let stream = opendir(path) else { throw .last(path) }
        defer { closedir(stream) }
        var files: [File] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let first = AuditFileName.sequence(of: name) else { continue }
            files.append(File(path: path + "/" + name, first: first))
        }
        return files.sorted { $0.first < $1.first }
    }

    /// Makes it, and those that it is in, for the daemon alone.
    func make() throws(AuditFault) {
        var place = path.hasPrefix("/") ? "" : "."
        for name in path.split(separator: "/") {
            place += "/" + name
            guard mkdir(place, 0o700) == 0 || errno == EEXIST else { throw .last(place) }
        }
    }

    /// Makes names that were added or removed last.
    func sync() throws(AuditFault) {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .last(path) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw .last(path) }
    }
}
