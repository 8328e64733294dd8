/// One of the means of isolation, each of which holds without the others.
public enum IsolationLayer: String, CaseIterable, Sendable {
    /// Own users, processes, mounts, network, System V objects and host name.
    case namespaces
    /// The names of cgroups outside are not seen.
    case cgroupNamespace = "cgroup-namespace"
    /// Memory, processes and processor time of the whole sandbox.
    case cgroups
    /// A user of its own, which is nobody outside.
    case identity
    /// None of the daemon's supplementary groups.
    case groups
    /// A root of its own, read-only but for what the specification names.
    case view
    /// `/proc` with the command's own processes and nothing of the kernel.
    case proc
    /// No capability in any set, and no way to get one back.
    case capabilities
    /// Executing a file never gains a privilege.
    case noNewPrivileges = "no-new-privileges"
    /// Rights to files, devices, signals and abstract sockets, bound to the process.
    case landlock
    /// System calls, by a list of those that are allowed.
    case seccomp
    /// Limits of each process.
    case limits
    /// No network but the sandbox's own loopback.
    case network
    /// No process outlives its command, its sandbox or the daemon.
    case processEnd = "process-end"
    /// Only the variables of the specification and the command.
    case environment
    /// No descriptor but the three standard streams.
    case descriptors
}
