@testable internal import Sandbox
internal import Testing

struct SyscallFilterTests {
    @Test func `no call is in two lists`() {
        let all = SyscallTable.allowed + SyscallTable.refused + SyscallTable.fatal
            + ["clone", "socket", "personality"]
        #expect(Set(all).count == all.count)
        #expect(all.count > 300)
    }

    @Test func `profiles make programs, each of whole instructions`() throws {
        for profile in SandboxSpecification.Profile.allCases {
            let filter = try SyscallFilter(profile: profile)
            #expect(filter.list.count % 8 == 0)
            #expect(filter.exceptions.count % 8 == 0)
            #expect(filter.list.count / 8 < 4096)
        }
        #expect(try SyscallFilter(profile: .strict) != SyscallFilter(profile: .default))
    }

    /// Which calls must never be allowed without being asked about.
    @Test(arguments: [
        "ptrace", "mount", "io_uring_setup", "bpf", "keyctl", "userfaultfd", "perf_event_open",
        "unshare", "setns", "clone3", "open_by_handle_at", "process_vm_readv", "init_module",
        "kexec_load", "reboot", "pidfd_getfd", "settimeofday",
    ])
    func `a dangerous call is not allowed`(name: String) {
        #expect(!SyscallTable.allowed.contains(name))
    }
}
