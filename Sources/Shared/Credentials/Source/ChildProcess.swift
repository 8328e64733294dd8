internal import Glibc

/// A program of which only the output is wanted. It ends with this value, at the latest.
struct ChildProcess: ~Copyable {
    private let output: CInt
    private let pid: pid_t
    private var isOver = false

    /// Starts the program, found as a shell finds it, with no input and in a group of its own.
    init(_ arguments: [String]) throws(CredentialFault) {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .commandFailed }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        let started = Self.spawn(arguments, output: ends[1])
        close(ends[1])
        guard let started else {
            close(ends[0])
            throw .commandFailed
        }
        output = ends[0]
        pid = started
    }

    deinit {
        close(output)
        guard !isOver else { return }
        kill(-pid, SIGKILL)
        var status: CInt = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    }

    /// All it prints, once it has ended with status 0.
    mutating func output(
        into memory: UnsafeMutableRawBufferPointer, timeoutMilliseconds: Int
    ) throws(CredentialFault) -> Int {
        let deadline = CredentialTime.now.adding(seconds: Double(timeoutMilliseconds) / 1000)
        var count = 0
        while true {
            try wait(until: deadline)
            guard let read = try SecretDescriptor.readOnce(output, into: memory, after: count)
            else { continue }
            guard read > 0 else { break }
            count += read
        }
        guard try exitStatus(until: deadline) == 0 else { throw .commandFailed }
        return count
    }

    /// Until there is something to read.
    private func wait(until deadline: UInt64) throws(CredentialFault) {
        let now = CredentialTime.now.monotonicNanoseconds
        guard now < deadline else { throw .commandTimeout }
        var entry = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        let left = Int32(clamping: (deadline - now) / 1_000_000 + 1)
        guard poll(&entry, 1, left) != 0 else { throw .commandTimeout }
    }

    /// The output has ended; the program has as good as.
    private mutating func exitStatus(until deadline: UInt64) throws(CredentialFault) -> CInt {
        var status: CInt = 0
        while true {
            let found = waitpid(pid, &status, WNOHANG)
            if found == pid {
                isOver = true
                return status
            }
            if found < 0, errno != EINTR { throw .commandFailed }
            guard CredentialTime.now.monotonicNanoseconds < deadline else {
                throw .commandTimeout
            }
            usleep(1000)
        }
    }

    private static func spawn(_ arguments: [String], output: CInt) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        guard posix_spawn_file_actions_init(&actions) == 0 else { return nil }
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        // What it complains about may hold what it should not.
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        guard posix_spawnattr_init(&attributes) == 0 else { return nil }
        defer { posix_spawnattr_destroy(&attributes) }
        // Signals that this process blocks to wait for them are not the program's to miss.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid = pid_t()
        let code = posix_spawnp(&pid, arguments[0], &actions, &attributes, &words, environ)
        return code == 0 ? pid : nil
    }
}
