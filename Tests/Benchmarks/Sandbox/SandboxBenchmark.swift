internal import Glibc
internal import IO
internal import Sandbox

/// What it costs to start `true`: by fork and exec alone, by bubblewrap alone, in a new sandbox, in
/// one of a pool, and in one that is there; many at once; and what an idle sandbox holds.
///
/// Rounds of all kinds take turns, so that what else the machine does meets all alike.
@main
struct SandboxBenchmark {
    private static let program = SandboxCommand(["/usr/bin/true"])

    static func main() throws {
        let rounds = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 200
        let launcher = try SandboxLauncher()
        let specification = SandboxSpecification()
        let sandbox = try launcher.create(specification)
        let pool = try SandboxPool(launcher: launcher, specification: specification, count: 2)
        var plain = Samples("fork and exec"), wrapped = Samples("bwrap alone")
        var cold = Samples("cold: new sandbox"), pooled = Samples("pool: ready sandbox")
        var warm = Samples("warm: same sandbox")
        for _ in 0..<rounds {
            plain.measure { spawn(["/usr/bin/true"]) }
            wrapped.measure { spawn(bubblewrap) }
            // To the end of the command; taking the sandbox down is nothing that anybody waits for.
            var used: [Sandbox] = []
            try cold.measure {
                used.append(try launcher.create(specification))
                try run(in: used[0])
            }
            try settled(pool)
            try pooled.measure {
                used.append(try pool.take())
                try run(in: used[1])
            }
            used = []
            try settled(pool)
            try warm.measure { try run(in: sandbox) }
            usleep(3000)
        }
        for samples in [plain, wrapped, cold, pooled, warm] { samples.report(against: plain) }
        try parallel(in: sandbox)
        try resident(launcher, specification)
    }

    private static let bubblewrap = [
        "/usr/bin/bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "/usr", "/usr",
        "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--proc", "/proc",
        "--dev", "/dev", "--tmpfs", "/tmp", "/usr/bin/true",
    ]

    private static func run(in sandbox: Sandbox) throws {
        let outcome = try sandbox.run(program) { _, _ in }
        guard outcome.end == .exited(code: 0) else { throw SandboxError.ended }
    }

    /// What a pool does in the background is not part of a start.
    private static func settled(_ pool: SandboxPool) throws {
        while pool.readyCount < 2 { usleep(500) }
        usleep(20_000)
    }

    private static func spawn(_ arguments: [String]) {
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var process: pid_t = 0
        posix_spawn(&process, arguments[0], nil, nil, &pointers, [nil])
        waitpid(process, nil, 0)
    }

    private static func parallel(in sandbox: Sandbox) throws {
        let start = Clock.monotonicNanoseconds
        var running: [SandboxExecution] = []
        for _ in 0..<200 {
            running.append(try sandbox.start(program))
        }
        var ended = 0
        for execution in running
        where try execution.wait(output: { _, _ in }).end == .exited(code: 0) { ended += 1 }
        let milliseconds = Double(Clock.monotonicNanoseconds &- start) / 1e6
        print("200 commands at once in one sandbox: \(ended) ended well in \(milliseconds) ms")
    }

    private static func resident(
        _ launcher: SandboxLauncher, _ specification: SandboxSpecification
    ) throws {
        let before = memory()
        var sandboxes: [Sandbox] = []
        for _ in 0..<20 { sandboxes.append(try launcher.create(specification)) }
        let used = memory() &- before
        print("an idle sandbox: \(used / 20) KiB of memory of the machine (20 sandboxes)")
        for sandbox in sandboxes { sandbox.terminate() }
    }

    /// What the machine has in use, in KiB.
    private static func memory() -> Int {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let file = open("/proc/meminfo", O_RDONLY)
        let count = read(file, &bytes, bytes.count)
        close(file)
        var available = 0
        for line in String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n")
        where line.hasPrefix("MemAvailable:") {
            available = Int(line.split(separator: " ")[1]) ?? 0
        }
        return -available
    }
}

/// Durations of one kind.
struct Samples {
    let name: String
    private var microseconds: [Double] = []

    init(_ name: String) { self.name = name }

    mutating func measure(_ body: () throws -> Void) rethrows {
        let start = Clock.monotonicNanoseconds
        try body()
        microseconds.append(Double(Clock.monotonicNanoseconds &- start) / 1000)
    }

    func quantile(_ share: Double) -> Double {
        let sorted = microseconds.sorted()
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }

    func report(against other: Samples) {
        let median = quantile(0.5).rounded(), tail = quantile(0.99).rounded()
        let ratio = (quantile(0.5) / other.quantile(0.5) * 100).rounded() / 100
        print("\(name): median \(median) µs, p99 \(tail) µs, \(ratio) × \(other.name)")
    }
}
