/// What each target may import: the arrows of ARCHITECTURE.md. What is not here may not be imported.
enum House {
    /// Modules that come with the system and open no door to it.
    private static let language: Set = ["Synchronization"]

    static let targets: [String: Set<String>] = [
        "Bytes": ["CZlib", "CYAML", "Glibc"],
        "Files": ["Glibc"],
        "HTTP": ["Bytes", "CNghttp2"],
        "IO": ["Bytes", "CCares", "CLinux", "COpenSSL", "Glibc"],
        "Rego": ["Bytes", "CRE2", "COpenSSL", "CWork", "BigInt", "Glibc"],
        "Identity": ["Bytes", "COpenSSL"],
        "Fetch": ["CCurl", "Glibc"],
        "Credentials": ["Bytes", "COpenSSL", "CScan", "Fetch", "Files", "Glibc", "IO"],
        "Policy": ["Bytes", "COpenSSL", "Files", "Identity", "Rego"],
        "Telemetry": ["Bytes", "Glibc"],
        "Audit": ["Bytes", "COpenSSL", "Glibc", "IO"],
        "State": ["FoundationEssentials", "GRDB"],
        "Config": ["Bytes", "Credentials", "Files", "Glibc", "IO"],
        "DemoUpstream": ["Bytes", "COpenSSL", "Glibc", "HTTP", "IO"],
        "Transport": ["Bytes", "HTTP", "IO"],
        "Sandbox": ["Bytes", "CLinux", "CSandbox", "CSeccomp", "Files", "Glibc", "IO"],
        "GRPC": ["Bytes", "HTTP", "IO", "Protos", "SwiftProtobuf", "Transport"],
        "Proxy": [
            "Bytes", "Config", "Files", "HTTP", "IO", "Identity", "Policy", "Rego", "Telemetry",
            "Transport",
        ],
        "Gateway": [
            "Bytes", "Config", "HTTP", "IO", "Identity", "Policy", "Proxy", "Rego", "Telemetry",
            "Transport",
        ],
        "Egress": [
            "Bytes", "Config", "Credentials", "HTTP", "IO", "Identity", "Policy", "Proxy",
            "Telemetry", "Transport",
        ],
        "Agentd": [
            "Audit", "Bytes", "COpenSSL", "Config", "GRPC", "Glibc", "HTTP", "IO", "Policy",
            "Protos", "Proxy", "Rego", "Sandbox", "State", "SwiftProtobuf", "Telemetry", "Transport",
        ],
        "Main": [
            "Agentd", "ArgumentParser", "Audit", "Bytes", "Config", "Credentials", "DemoUpstream", "Egress", "Files",
            "Gateway", "HTTP", "Glibc", "IO",
            "Policy", "Proxy", "Rego", "Sandbox", "Telemetry", "Transport",
        ],
    ]

    /// Targets whose sources are not looked at: C, and programs that measure.
    static let others: Set = [
        "CLinux", "CCares", "CRE2", "CWork", "COpenSSL", "CZlib", "CYAML", "CCurl", "CScan",
        "CNghttp2", "CSandbox", "CSeccomp", "CAllocationCount", "RequestBenchmark", "sluice-bench",
        "ScrubbingBenchmark", "SandboxBenchmark", "Peers", "LeakOracle", "Protos", "EchoService",
        "echo-server", "RunningRole", "FuzzTargets", "CFuzzer", "sluice-fuzz",
    ]

    /// The calls that reach the world, which some have no business with though they import Glibc.
    static let isolated: Set = ["Bytes", "Rego"]
    static let socketCalls = ["socket(", "connect(", "bind(", "listen(", "getaddrinfo(", "popen("]

    static let linesMax = 400

    /// Files that are longer, and why.
    static let longer: [String: (linesMax: Int, reason: String)] = [
        "Sources/Shared/Transport/ClientSide.swift": (500, "the states of a client's connection"),
        "Sources/Shared/Rego/Machine/Machine.swift": (
            600, "one loop over the instructions, which the optimiser must see whole"
        ),
        "Sources/Shared/Rego/Compiler/LocalRewriter.swift": (470, "one walk over every kind of term"),
    ]

    /// Words that end the process where input can lead, or stand for work that is not there.
    static let forbidden = ["try!", "fatalError(", " as! ", "TODO", "FIXME", "unimplemented"]

    // MARK: judging

    /// What is wrong with a file of a target; empty when nothing is.
    static func complaints(about file: SourceFile, of target: String) -> [String] {
        guard let allowed = targets[target] else {
            return ["\(file.path): target \(target) is not in the table"]
        }
        var complaints: [String] = []
        for module in file.imports where !allowed.contains(module) && !language.contains(module) {
            complaints.append("\(file.path): imports \(module)")
        }
        let limit = longer[file.path]?.linesMax ?? linesMax
        if file.lines.count > limit {
            complaints.append("\(file.path): \(file.lines.count) lines, \(limit) at most")
        }
        for (index, line) in file.lines.enumerated() {
            for word in forbidden where line.contains(word) {
                complaints.append("\(file.path):\(index + 1): \(word)")
            }
            if isolated.contains(target),
                socketCalls.contains(where: { line.contains("Glibc." + $0) })
            {
                complaints.append("\(file.path):\(index + 1): opens a door to the world")
            }
        }
        return complaints
    }
}
