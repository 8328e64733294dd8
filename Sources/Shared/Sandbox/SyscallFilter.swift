internal import CSeccomp
internal import Glibc
internal import IO

/// The seccomp programs of a sandbox, as the kernel takes them. Several, of whose answers the
/// strictest holds: libseccomp has either a list of what is allowed or exceptions to what is.
struct SyscallFilter: Equatable, Sendable {
    /// What is not allowed is refused; what nobody has heard of does not exist.
    let list: [UInt8]
    /// Refuses calls by their arguments.
    let exceptions: [UInt8]
    /// For commands that change nothing: refuses what changes a file's attributes, which Landlock
    /// lets through.
    let unchanging: [UInt8]

    init(profile: SandboxSpecification.Profile) throws(SandboxError) {
        list = try Self.makeList(profile: profile)
        exceptions = try Self.makeExceptions()
        unchanging = try Self.makeUnchanging()
    }

    /// Namespaces that `clone` could make. `clone3` hides its flags in memory, where no filter can
    /// look: it does not exist, and C libraries then use `clone`.
    private static let namespaceFlags: [UInt64] = [
        0x0000_0080, 0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000,
        0x4000_0000,
    ]

    private static func makeList(
        profile: SandboxSpecification.Profile
    ) throws(SandboxError) -> [UInt8] {
        let builder = try SyscallFilterBuilder(otherwise: .failing(ENOSYS))
        for name in SyscallTable.allowed { try builder.add(.allow, name) }
        for name in SyscallTable.refused { try builder.add(.failing(EPERM), name) }
        for name in SyscallTable.fatal { try builder.add(.kill, name) }
        try builder.add(.allow, "clone")
        try allowSockets(profile, in: builder)
        // PER_LINUX, the same without address randomisation, and asking.
        for persona: UInt64 in [0, 0x4_0000, 0xffff_ffff] {
            try builder.add(.allow, "personality", [.equal(0, persona)])
        }
        return try builder.program()
    }

    /// Unix sockets, TCP and UDP, and what lists network interfaces: no raw or packet sockets, no
    /// vsock, no kernel crypto.
    private static func allowSockets(
        _ profile: SandboxSpecification.Profile, in builder: borrowing SyscallFilterBuilder
    ) throws(SandboxError) {
        let (unix, inet, inet6, netlink): (UInt64, UInt64, UInt64, UInt64) = (1, 2, 10, 16)
        let (stream, datagram): (UInt64, UInt64) = (1, 2)
        let typeMask: UInt64 = 0xf
        try builder.add(.allow, "socket", [.equal(0, unix)])
        try builder.add(.allow, "socket", [.equal(0, netlink), .equal(2, 0)])
        for family in [inet, inet6] {
            try builder.add(
                .allow, "socket", [.equal(0, family), .masked(1, mask: typeMask, stream)])
            if profile == .default {
                try builder.add(
                    .allow, "socket", [.equal(0, family), .masked(1, mask: typeMask, datagram)])
            }
        }
    }

    private static func makeUnchanging() throws(SandboxError) -> [UInt8] {
        let builder = try SyscallFilterBuilder(otherwise: .allow)
        for name in SyscallTable.changing { try builder.add(.failing(EROFS), name) }
        // FS_IOC_SETFLAGS, its 32-bit form, and FS_IOC_FSSETXATTR.
        for request: UInt64 in [0x4008_6602, 0x4004_6602, 0x401c_5820] {
            try builder.add(
                .failing(EROFS), "ioctl", [.masked(1, mask: 0xffff_ffff, request)])
        }
        return try builder.program()
    }

    private static func makeExceptions() throws(SandboxError) -> [UInt8] {
        let builder = try SyscallFilterBuilder(otherwise: .allow)
        let low: UInt64 = 0xffff_ffff
        for flag in namespaceFlags {
            try builder.add(.failing(EPERM), "clone", [.masked(0, mask: flag, flag)])
        }
        // TIOCSTI and TIOCLINUX write into a terminal what its user seems to have typed.
        for request: UInt64 in [0x5412, 0x541c] {
            try builder.add(.failing(EPERM), "ioctl", [.masked(1, mask: low, request)])
        }
        // Device nodes; without the capability the kernel says no as well.
        for kind: UInt64 in [0o020000, 0o060000] {
            try builder.add(.failing(EPERM), "mknod", [.masked(1, mask: 0o170000, kind)])
            try builder.add(.failing(EPERM), "mknodat", [.masked(2, mask: 0o170000, kind)])
        }
        return try builder.program()
    }
}
