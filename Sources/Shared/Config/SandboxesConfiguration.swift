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
    public var perKeyMax: Int
    public var totalMax: Int

    init(_ section: Section) {
        backend = section.read("backend", Kind<Backend>.word, default: .linuxNative)
        allowsHostDirect = section.read("allow_host_direct", .boolean, default: false)
        perKeyMax = section.read("per_key", .integer(1...10_000), default: 100)
        totalMax = section.read("total", .integer(1...100_000), default: 1000)
        if backend == .hostDirect, !allowsHostDirect {
            section.fault(
                section.markOf("backend"),
                "\(section.name("backend")): host-direct isolates nothing; accepted: another "
                    + "backend, or allow_host_direct: true")
        }
        section.finish()
    }
}
