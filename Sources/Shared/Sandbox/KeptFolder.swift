internal import Glibc
internal import IO

/// Folders of the host that stand for `/workspace` of sandboxes and outlive them.
public enum KeptFolder {
    private static let depthMax = 64

    /// Makes the folder, and those that it is in, unless it is there.
    ///
    /// - Returns: its absolute path, without links.
    public static func make(_ path: String) throws(SandboxError) -> String {
        var place = path.hasPrefix("/") ? "" : "."
        for name in path.split(separator: "/") {
            place += "/" + name
            guard mkdir(place, 0o700) == 0 || errno == EEXIST else {
                throw .unavailable(place, .last)
            }
        }
        guard let resolved = HostPath.resolved(place) else { throw .unavailable(place, .last) }
        return resolved
    }

    /// Removes the folder with all that is in it. No link is followed.
    public static func remove(_ path: String) { ScratchFolder.remove(path) }

    /// What is in the folder.
    public static func names(in path: String) -> [String] { HostPath.names(in: path) }

    /// The bytes that its files take up on the disk; nil when there are more than `entriesMax`
    /// files and folders, or they are nested too deep.
    public static func bytes(in path: String, entriesMax: Int = 100_000) -> UInt64? {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else { return 0 }
        var entries = 0
        var bytes: UInt64 = 0
        let isCounted = count(folder, depth: 0, &entries, entriesMax, &bytes)
        return isCounted ? bytes : nil
    }

    /// Closes the folder.
    private static func count(
        _ folder: CInt, depth: Int, _ entries: inout Int, _ entriesMax: Int,
        _ bytes: inout UInt64
    ) -> Bool {
        guard depth < depthMax, let stream = fdopendir(folder) else {
            close(folder)
            return false
        }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            var name = entry.pointee.d_name
            let isCounted = withUnsafeBytes(of: &name) { text -> Bool in
                guard let text = text.baseAddress?.assumingMemoryBound(to: CChar.self),
                    strcmp(text, ".") != 0, strcmp(text, "..") != 0
                else { return true }
                entries += 1
                guard entries <= entriesMax else { return false }
                var status = stat()
                // What is gone meanwhile takes up nothing.
                guard fstatat(folder, text, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return true }
                bytes &+= UInt64(clamping: status.st_blocks) &* 512
                guard status.st_mode & S_IFMT == S_IFDIR else { return true }
                let inner = openat(folder, text, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                guard inner >= 0 else { return true }
                return count(inner, depth: depth + 1, &entries, entriesMax, &bytes)
            }
            guard isCounted else { return false }
        }
        return true
    }
}
