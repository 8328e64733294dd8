internal import Glibc
internal import IO

/// A new folder of the host, removed with all that is in it when nobody needs it any more.
final class ScratchFolder: Sendable {
    let path: String
    private static let depthMax = 256
    private static let parent = "/var/tmp"
    private static let prefix = "sluice-sandbox-"

    init(owner: SandboxIdentity) throws(SandboxError) {
        let pattern = "\(Self.parent)/\(Self.prefix)\(getpid())-XXXXXX"
        var template = Array(pattern.utf8CString)
        guard mkdtemp(&template) != nil else { throw .system(.last) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard geteuid() != 0 || chown(path, owner.hostUser, owner.hostGroup) == 0 else {
            let error = SystemError.last
            rmdir(path)
            throw .system(error)
        }
    }

    deinit { Self.remove(path) }

    /// Removes the folders of a daemon that was ended before it could.
    static func removeLeftovers() {
        for name in HostPath.names(in: parent) where name.hasPrefix(prefix) {
            if HostPath.isLeftover(name.dropFirst(prefix.count)) { remove(parent + "/" + name) }
        }
    }

    static func remove(_ path: String) {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if folder >= 0 { empty(folder, depth: 0) }
        rmdir(path)
    }

    /// Removes what is in the folder, which is closed then. No link is followed; what a hostile
    /// sandbox has nested deeper than `depthMax` stays.
    private static func empty(_ folder: CInt, depth: Int) {
        guard depth < depthMax, let stream = fdopendir(folder) else {
            close(folder)
            return
        }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            var name = entry.pointee.d_name
            withUnsafeBytes(of: &name) { bytes in
                guard let text = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else {
                    return
                }
                if strcmp(text, ".") == 0 || strcmp(text, "..") == 0 { return }
                guard unlinkat(folder, text, 0) != 0 else { return }
                let inner = openat(folder, text, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                if inner >= 0 { empty(inner, depth: depth + 1) }
                unlinkat(folder, text, AT_REMOVEDIR)
            }
        }
    }
}
