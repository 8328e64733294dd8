// swift-tools-version: 6.1
import PackageDescription

// The target list is the architecture: arrows point one way, from Main down to Bytes.
// ARCHITECTURE.md says what each target is for and what it must never do.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableExperimentalFeature("Lifetimes"),
    // Without it a call across a module boundary is never inlined; see ARCHITECTURE.md.
    // Exclusive access is checked while tests run, which are debug builds; checking it again on
    // every request costs an eighth of a request's instructions. Line tables are what a backtrace
    // needs; what a debugger knows of variables beyond that is a fifth of the time to build.
    .unsafeFlags(
        [
            "-cross-module-optimization", "-enforce-exclusivity=unchecked",
            "-Xfrontend", "-gline-tables-only",
        ],
        .when(configuration: .release)),
]

// Targets whose functions are called for every byte or field: those that are not tiny are inlined
// in other modules as well (the compiler's own limit is 20 instructions).
let inlined: Set = ["Bytes", "Identity", "Telemetry"]

let inlining: SwiftSetting = .unsafeFlags(
    ["-Xllvm", "-cmo-function-size-limit=80"], .when(configuration: .release))

func shared(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/Shared/\(name)",
        swiftSettings: inlined.contains(name) ? settings + [inlining] : settings)
}

func role(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)Tests",
        swiftSettings: settings)
}

let package = Package(
    name: "sluice",
    products: [.executable(name: "sluice", targets: ["Main"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
    ],
    targets: [
        // C libraries
        .target(name: "CLinux", path: "Sources/Shared/CLinux"),
        .target(name: "CWork", path: "Sources/Shared/CWork"),
        .target(
            name: "CRE2", path: "Sources/Shared/CRE2",
            linkerSettings: [.linkedLibrary("re2"), .linkedLibrary("stdc++")]),
        .systemLibrary(
            name: "COpenSSL", path: "Sources/Shared/COpenSSL", pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CNghttp2", path: "Sources/Shared/CNghttp2", pkgConfig: "libnghttp2",
            providers: [.apt(["libnghttp2-dev"])]),
        .systemLibrary(
            name: "CZlib", path: "Sources/Shared/CZlib", pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CCares", path: "Sources/Shared/CCares", pkgConfig: "libcares",
            providers: [.apt(["libc-ares-dev"])]),
        .systemLibrary(
            name: "CYAML", path: "Sources/Shared/CYAML", pkgConfig: "yaml-0.1",
            providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(
            name: "CCurl", path: "Sources/Shared/CCurl", pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(name: "CScan", path: "Sources/Shared/CScan"),

        // what every role shares
        shared("Bytes", ["CZlib", "CYAML"]),
        shared("Files"),
        shared("HTTP", ["Bytes", "CNghttp2"]),
        shared("IO", ["Bytes", "CCares", "CLinux", "COpenSSL"]),
        shared("Rego", ["Bytes", "CRE2", "COpenSSL", "CWork", "BigInt"]),
        shared("Policy", ["Bytes", "COpenSSL", "Files", "Identity", "Rego"]),
        shared("Identity", ["Bytes", "COpenSSL"]),
        shared("Fetch", ["CCurl"]),
        shared("Credentials", ["Bytes", "COpenSSL", "CScan", "Fetch", "Files", "IO"]),
        shared("Telemetry", ["Bytes"]),
        shared("Config", ["Bytes", "Credentials", "Files", "IO"]),
        shared("Transport", ["Bytes", "HTTP", "IO"]),
        shared("DemoUpstream", ["Bytes", "COpenSSL", "HTTP", "IO"]),
        shared(
            "Proxy",
            [
                "Bytes", "Config", "Files", "HTTP", "IO", "Transport", "Policy", "Rego", "Identity",
                "Telemetry",
            ]),

        // the roles, and the program
        role(
            "Gateway",
            [
                "Bytes", "Config", "HTTP", "IO", "Identity", "Policy", "Proxy", "Rego", "Telemetry",
                "Transport",
            ]),
        role(
            "Egress",
            [
                "Bytes", "Config", "Credentials", "HTTP", "IO", "Identity", "Policy", "Proxy",
                "Telemetry", "Transport",
            ]),
        role(
            "Agentd", ["Bytes", "Config", "HTTP", "IO", "Proxy", "Telemetry", "Transport"]),
        .executableTarget(
            name: "Main",
            dependencies: [
                "Gateway", "Egress", "Agentd", "Bytes", "Config", "Credentials", "DemoUpstream", "Files", "HTTP",
                "IO", "Policy", "Proxy", "Rego", "Telemetry", "Transport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),

        // What a request pays for identity, limits, metrics and its access record.
        .target(name: "CAllocationCount", path: "Tests/Benchmarks/CAllocationCount"),
        .executableTarget(
            name: "RequestBenchmark",
            dependencies: ["Bytes", "Identity", "Telemetry", "CAllocationCount"],
            path: "Tests/Benchmarks/Request", swiftSettings: settings),

        // What keeping credentials out of answers costs, and signing a request.
        .executableTarget(
            name: "ScrubbingBenchmark", dependencies: ["Bytes", "Credentials", "CAllocationCount"],
            path: "Tests/Benchmarks/Scrubbing", swiftSettings: settings),

        // What a decision costs, and loading what it needs.
        .executableTarget(
            name: "sluice-bench",
            dependencies: ["Rego", "Bytes", "CAllocationCount", "FuzzTargets"],
            path: "Tests/Benchmarks/Policy", swiftSettings: settings),

        // What must hold for hostile bytes; scripts/fuzz.sh looks for some that break it.
        .target(
            name: "FuzzTargets", dependencies: ["Bytes", "HTTP", "Policy", "Rego"],
            path: "Tests/Fuzz/Targets", swiftSettings: settings),

        // Both ends of a connection, driven by hand, for tests over sockets.
        .target(
            name: "Peers", dependencies: ["COpenSSL", "HTTP", "IO"], path: "Tests/Peers",
            swiftSettings: settings),

        // Roles that serve while a test holds both ends.
        .target(
            name: "RunningRole", dependencies: ["Config", "IO", "Peers", "Proxy", "Transport"],
            path: "Tests/Support/RunningRole", swiftSettings: settings),

        tests("Architecture", []),
        tests("Bytes", ["Bytes"]),
        tests("IO", ["IO", "Bytes", "Peers"]),
        tests("HTTP", ["HTTP", "Bytes"]),
        tests("Rego", ["Rego", "Bytes"]),
        tests("Policy", ["Policy", "Identity", "Rego", "Files", "Bytes"]),
        tests("Identity", ["Identity", "Bytes"]),
        .target(
            name: "LeakOracle", dependencies: ["Bytes"], path: "Tests/Support/LeakOracle",
            swiftSettings: settings),
        tests(
            "Credentials",
            ["Credentials", "Fetch", "Files", "IO", "Bytes", "COpenSSL", "CScan", "LeakOracle"]),
        tests("Telemetry", ["Telemetry", "Bytes"]),
        tests("Config", ["Config", "Credentials", "Files", "Bytes"]),
        tests("Transport", ["Transport", "Credentials", "HTTP", "IO", "Bytes", "Peers"]),
        tests(
            "Gateway",
            [
                "Gateway", "Agentd", "Config", "IO", "Peers", "RunningRole", "Telemetry",
                "Transport",
            ]),
        tests(
            "Egress",
            [
                "Egress", "Config", "Credentials", "DemoUpstream", "IO", "Identity", "LeakOracle", "Peers",
                "RunningRole", "Telemetry", "Transport",
            ]),
        tests("Fuzz", ["FuzzTargets"]),
    ]
)

// Only with libFuzzer, which scripts/fuzz.sh brings: nothing else could link it.
if Context.environment["SLUICE_FUZZING"] != nil {
    package.targets += [
        .target(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
        .executableTarget(
            name: "sluice-fuzz", dependencies: ["CFuzzer", "FuzzTargets"],
            path: "Tests/Fuzz/Driver", swiftSettings: settings),
    ]
}
