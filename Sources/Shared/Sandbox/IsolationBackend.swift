/// By what means commands are kept apart from the host.
public enum IsolationBackend: String, CaseIterable, Sendable {
    /// Namespaces, Landlock, seccomp, cgroups and limits, by Sluice itself.
    case linuxNative = "linux-native"
    /// The same view of the files and the same seccomp programs, set up by bubblewrap.
    case container
    /// No isolation: a clean environment, limits for each process, and an end for all of them.
    case hostDirect = "host-direct"

    /// Whether the daemon reaches the files of its sandboxes: bubblewrap makes a view for each
    /// command, where nobody waits to be asked.
    public var reachesFiles: Bool { self != .container }

    /// The backend that `name` means; `_` counts as `-`, and case does not matter.
    public init?(name: String) {
        switch name.lowercased().split(separator: "_", omittingEmptySubsequences: false)
            .joined(separator: "-")
        {
        case "linux-native", "linux", "native", "landlock": self = .linuxNative
        case "container", "bubblewrap", "bwrap", "namespace", "mount-ns": self = .container
        case "host-direct", "host", "none", "workstation": self = .hostDirect
        default: return nil
        }
    }
}
