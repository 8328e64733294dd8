internal import Glibc
internal import Synchronization

/// Who a sandbox's processes are.
struct SandboxIdentity: Equatable, Sendable {
    /// The number of user and group within every sandbox.
    static let inside: UInt32 = 1000

    /// The first number outside, and how many there are. They belong to no account: what is not
    /// readable for everybody is not readable for a sandbox.
    private static let first: UInt32 = 2_000_000_000
    private static let count: UInt32 = 65536
    private static let taken = Atomic<UInt32>(0)

    let hostUser: UInt32
    let hostGroup: UInt32

    /// Root gives each sandbox a number of its own; everybody else has but one to give.
    static func next() -> SandboxIdentity {
        guard geteuid() == 0 else {
            return SandboxIdentity(hostUser: geteuid(), hostGroup: getegid())
        }
        let number = first &+ taken.wrappingAdd(1, ordering: .relaxed).oldValue % count
        return SandboxIdentity(hostUser: number, hostGroup: number)
    }

    /// The daemon's own.
    static var own: SandboxIdentity {
        SandboxIdentity(hostUser: geteuid(), hostGroup: getegid())
    }
}
