internal import CSandbox
internal import CSeccomp
internal import Glibc
internal import IO

/// libseccomp, for one program.
struct SyscallFilterBuilder: ~Copyable {
    enum Answer: Equatable {
        case allow
        case failing(CInt)
        case kill

        fileprivate var code: UInt32 {
            switch self {
            case .allow: 0x7fff_0000
            case .failing(let code): 0x0005_0000 | UInt32(truncatingIfNeeded: code & 0xffff)
            case .kill: 0x8000_0000
            }
        }
    }

    /// What an argument has to be.
    enum Condition {
        case equal(UInt32, UInt64)
        case masked(UInt32, mask: UInt64, UInt64)

        fileprivate var comparison: scmp_arg_cmp {
            switch self {
            case .equal(let index, let value):
                scmp_arg_cmp(arg: index, op: SCMP_CMP_EQ, datum_a: value, datum_b: 0)
            case .masked(let index, let mask, let value):
                scmp_arg_cmp(arg: index, op: SCMP_CMP_MASKED_EQ, datum_a: mask, datum_b: value)
            }
        }
    }

    private let context: scmp_filter_ctx
    private let otherwise: Answer

    init(otherwise: Answer) throws(SandboxError) {
        guard let context = seccomp_init(otherwise.code) else { throw .system(.noMemory) }
        // Calls of another architecture would be another list: none is allowed. A search tree.
        guard seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, Answer.kill.code) == 0,
            seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0
        else {
            seccomp_release(context)
            throw .system(SystemError(EINVAL))
        }
        self.context = context
        self.otherwise = otherwise
    }

    deinit { seccomp_release(context) }

    /// Does nothing for a call that this architecture or library does not know.
    borrowing func add(
        _ answer: Answer, _ name: String, _ conditions: [Condition] = []
    ) throws(SandboxError) {
        let number = seccomp_syscall_resolve_name(name)
        guard number >= 0, answer != otherwise || !conditions.isEmpty else { return }
        let code = conditions.map(\.comparison).withUnsafeBufferPointer {
            seccomp_rule_add_exact_array(
                context, answer.code, number, UInt32($0.count), $0.baseAddress)
        }
        guard code == 0 else { throw .unavailable("seccomp rule of \(name)", SystemError(-code)) }
    }

    /// The program, as an array of `struct sock_filter`.
    borrowing func program() throws(SandboxError) -> [UInt8] {
        let file = csandbox_memory_file("seccomp")
        guard file >= 0 else { throw .system(.last) }
        defer { close(file) }
        let code = seccomp_export_bpf(context, file)
        guard code == 0 else { throw .unavailable("seccomp program", SystemError(-code)) }
        var program = [UInt8](repeating: 0, count: 64 << 10)
        let count = pread(file, &program, program.count, 0)
        guard count > 0, count < program.count else { throw .system(.last) }
        return Array(program[..<count])
    }
}
