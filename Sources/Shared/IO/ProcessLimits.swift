internal import CLinux
internal import Glibc

/// What the system grants this process.
public enum ProcessLimits {
    /// Descriptors that the kernel's table has room for from the start: 0.5 MiB.
    private static let tableSize: rlim_t = 65_536

    /// Allows as many descriptors as the system lets a process have: every connection is one. To be
    /// called before threads begin: the table of a process with threads takes 8 to 20 ms to grow,
    /// which it does at each doubling, while the thread that opened a descriptor waits
    /// (`expand_fdtable` in Linux).
    public static func raiseDescriptors() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let last = CInt(min(limit.rlim_cur, tableSize)) - 1
        let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard null >= 0 else { return }
        let high = fcntl(null, F_DUPFD_CLOEXEC, last)
        if high >= 0 { close(high) }
        close(null)
    }

    /// Keeps the process's memory out of core files (`RLIMIT_CORE`) and from other processes of its
    /// user (`PR_SET_DUMPABLE`): for a process that holds credentials.
    public static func forbidDumps() throws(SystemError) {
        guard clinux_forbid_dumps() == 0 else { throw SystemError(errno) }
    }

    /// How many cores may be used, at least 1.
    public static var coreCount: Int { max(1, Int(sysconf(CInt(_SC_NPROCESSORS_ONLN)))) }
}
