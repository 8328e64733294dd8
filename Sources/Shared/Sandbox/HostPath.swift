internal import Glibc

/// Paths of the host, as sandboxes may have them.
enum HostPath {
    static let bytesMax = 4000

    /// Places that stand for the kernel or for the whole system.
    private static let reserved = ["/", "/proc", "/sys", "/dev", "/run", "/boot"]

    /// `path` without empty and `.` components, when a sandbox may have it: it is absolute, climbs
    /// nowhere, and is no part of the system that stands for more than files.
    static func checked(_ path: String) throws(SandboxError) -> String {
        // By bytes, as the kernel sees it: a mark that follows a slash makes one character with it.
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.count <= bytesMax, !path.utf8.contains(0) else {
            throw .invalid("\(path): a path must be absolute, without a zero byte")
        }
        let parts = Self.parts(of: path).filter { $0 != "." }
        guard !parts.contains("..") else { throw .notAllowed(path, writable: false) }
        let clean = "/" + parts.joined(separator: "/")
        guard !reserved.contains(where: { clean == $0 || ($0 != "/" && contains($0, clean)) })
        else { throw .notAllowed(path, writable: false) }
        return clean
    }

    /// Whether `path` is `folder` or in it; both are absolute and climb nowhere.
    static func contains(_ folder: String, _ path: String) -> Bool {
        parts(of: path).starts(with: parts(of: folder))
    }

    private static func parts(of path: String) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    }

    /// Where `path` leads when every link is followed; nil when there is nothing.
    static func resolved(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }

    static func status(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    /// What is in the folder at `path`; nothing when it cannot be read.
    static func names(in path: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            var text = entry.pointee.d_name
            let name = withUnsafeBytes(of: &text) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// True when the process whose number `name` begins with, up to a `-`, has ended.
    static func isLeftover(_ name: Substring) -> Bool {
        guard let number = name.split(separator: "-").first.flatMap({ pid_t($0) }), number > 0
        else { return false }
        return kill(number, 0) != 0 && errno == ESRCH
    }

    /// What the link at `path` says; nil when it is none.
    static func link(_ path: String) -> String? {
        var target = [CChar](repeating: 0, count: bytesMax)
        let count = readlink(path, &target, target.count)
        guard count > 0, count < target.count else { return nil }
        return String(decoding: target[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
