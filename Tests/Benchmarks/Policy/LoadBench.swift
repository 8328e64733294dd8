internal import Rego

/// What loading costs: once, cold, in a process of its own.
enum LoadBench {
    static func data(_ path: String) throws {
        let text = try Files.map(path)
        let start = Process.nanoseconds()
        let cpu = Process.cpuNanoseconds()
        let data = try FrozenData.json(text)
        let elapsed = Process.nanoseconds() - start
        let used = Process.cpuNanoseconds() - cpu
        print(
            "load \(text.count >> 20) MiB: \(elapsed / 1_000_000) ms wall, "
                + "\(used / 1_000_000) ms CPU, kept \(data.bytesUsed >> 20) MiB of values, "
                + "anonymous \(Process.mebibytes("RssAnon")) MiB, "
                + "peak with the file mapped \(Process.mebibytes("VmHWM")) MiB")
    }

    static func rules(_ folder: String) throws {
        let paths = try Files.names(in: folder, suffix: ".rego").map { "\(folder)/\($0)" }
        for _ in 0..<3 {
            let start = Process.nanoseconds()
            let cpu = Process.cpuNanoseconds()
            let modules = try Policies.compile(paths)
            let compiled = Process.nanoseconds()
            let program = try Program(modules, entryPoints: ["data"])
            let planned = Process.nanoseconds()
            let snapshot = Snapshot(program)
            let linked = Process.nanoseconds()
            let used = Process.cpuNanoseconds() - cpu
            print(
                "rules, \(paths.count) modules: compile \((compiled - start) / 1000) us, "
                    + "plan \((planned - compiled) / 1000) us, "
                    + "link \((linked - planned) / 1000) us, all \(used / 1000) us of CPU, "
                    + "entry points \(snapshot.program.entryPointNames.count)")
        }
    }
}
