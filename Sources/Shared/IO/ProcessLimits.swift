internal import CLinux
internal import Glibc

/// What the system grants this process.
public enum ProcessLimits {
    /// Allows as many descriptors as the system lets a process have: every connection is one.
    public static func raiseDescriptors() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Keeps the process's memory out of core files (`RLIMIT_CORE`) and from other processes of its
    /// user (`PR_SET_DUMPABLE`): for a process that holds credentials.
    public static func forbidDumps() throws(SystemError) {
        guard clinux_forbid_dumps() == 0 else { throw SystemError(errno) }
    }

    /// How many cores may be used, at least 1.
    public static var coreCount: Int { max(1, Int(sysconf(CInt(_SC_NPROCESSORS_ONLN)))) }
}
