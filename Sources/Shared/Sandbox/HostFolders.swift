/// The places of the host that a sandbox's view may have, with all that is in them, beside those
/// that every sandbox has.
public struct HostFolders: Equatable, Sendable {
    public var readable: [String]
    /// These may be read as well.
    public var writable: [String]

    /// - Parameters: absolute paths; `/` stands for whatever a sandbox can have at all.
    public init(readable: [String] = [], writable: [String] = []) {
        self.readable = readable
        self.writable = writable
    }

    /// Whether `path` may be named for a sandbox that would get `source`, which is where it leads.
    /// Looking at both keeps links from leading out, and names outside from being tried.
    func allow(_ path: String, leadingTo source: String, writable isWritable: Bool) -> Bool {
        let roots = isWritable ? writable : readable + writable
        return Self.isIn(roots, path) && Self.isIn(roots, source)
    }

    private static func isIn(_ roots: [String], _ path: String) -> Bool {
        roots.contains { root in
            [root, HostPath.resolved(root) ?? root].contains { HostPath.contains($0, path) }
        }
    }
}
