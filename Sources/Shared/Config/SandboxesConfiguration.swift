/// How what agents have run is isolated.
public struct SandboxesConfiguration: Sendable, Equatable {
    public enum Backend: String, CaseIterable, Sendable {
        case linuxNative = "linux-native"
        case container
        case hostDirect = "host-direct"
    }

    public var backend: Backend
    /// Whether `host-direct`, which isolates nothing, may be used.
    public var allowsHostDirect: Bool
    /// Whether agentd does not start when this machine lacks a layer of the backend's isolation.
    public var isStrict: Bool
    public var perKeyMax: Int
    public var totalMax: Int
    /// Executions at a time; more wait for their turn.
    public var executionsMax: Int
    /// Sandboxes that are kept ready for executions that ask for none.
    public var pool: Int
    /// After so long without a call a sandbox counts as detached, a detached one is suspended, and
    /// a suspended one ends.
    public var idleTimeout: Duration
    public var detachTimeout: Duration
    public var suspendTimeout: Duration
    /// Folders of the host that clients may have in their sandboxes, with what is in them.
    public var readableFolders: [String]
    /// The same, to be changed as well.
    public var writableFolders: [String]

    init(_ section: Section) {
        backend = section.read("backend", Kind<Backend>.word, default: .linuxNative)
        allowsHostDirect = section.read("allow_host_direct", .boolean, default: false)
        isStrict = section.read("strict", .boolean, default: false)
        perKeyMax = section.read("per_key", .integer(1...10_000), default: 100)
        totalMax = section.read("total", .integer(1...100_000), default: 1000)
        executionsMax = section.read("executions", .integer(1...200), default: 200)
        pool = section.read("pool", .integer(0...100), default: backend == .linuxNative ? 2 : 0)
        if pool > 0, backend != .linuxNative {
            section.fault(
                section.markOf("pool"),
                "\(section.name("pool")) has no effect with \(backend.rawValue); accepted: "
                    + "linux-native, or no pool")
        }
        let timeout = Kind<Duration>.duration(.seconds(1)...(.seconds(86400 * 366)))
        idleTimeout = section.read("idle_timeout", timeout, default: .seconds(300))
        detachTimeout = section.read("detach_timeout", timeout, default: .seconds(3600))
        suspendTimeout = section.read("suspend_timeout", timeout, default: .seconds(86400))
        readableFolders = section.list("readable_folders", .hostFolder) ?? []
        writableFolders = section.list("writable_folders", .hostFolder) ?? []
        if backend == .hostDirect, !allowsHostDirect {
            section.fault(
                section.markOf("backend"),
                "\(section.name("backend")): host-direct isolates nothing; accepted: another "
                    + "backend, or allow_host_direct: true")
        }
        section.finish()
    }
}
