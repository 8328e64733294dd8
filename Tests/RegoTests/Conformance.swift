import Bytes
import Glibc
import Rego
import Testing

/// OPA's own cases. Read from the folder in SLUICE_REGO_CASES; SLUICE_REGO_FILTER picks those
/// whose id contains it and prints why they fail.
@Suite struct Conformance {
    /// Cases that are not run, each with the reason.
    private static let skipped: [String: String] = [:]

    private struct Tally {
        var passed = 0
        var failures: [(id: String, category: String, why: String)] = []
        var skipped: [String] = []
        var total: Int { passed + failures.count + skipped.count }
    }

    @Test(arguments: [nil, true, false])
    func `policies mean what they mean to OPA, traced or not`(indexesRules: Bool?) throws {
        var tracing: TraceOptions?
        if let indexesRules {
            tracing = TraceOptions()
            tracing?.indexesRules = indexesRules
        }
        let folder = Self.environment("SLUICE_REGO_CASES") ?? "../shared/conformance/rego"
        let filter = Self.environment("SLUICE_REGO_FILTER")
        var tally = Tally()
        for name in try Files.names(in: folder) where name.hasSuffix(".json") {
            try run(
                "\(folder)/\(name)", category: String(name.dropLast(5)), filter, tracing, &tally)
        }
        report(tally, detailed: filter != nil)
        #expect(tally.total > 0 || filter != nil)
        #expect(tally.failures.isEmpty)
    }

    private func run(
        _ path: String, category: String, _ filter: String?, _ tracing: TraceOptions?,
        _ tally: inout Tally
    ) throws {
        let storage = ArenaStorage(chunkBytes: 1 << 20, bytesMax: .max)
        let text = try Files.bytes(of: path)
        let document = try text.withUnsafeBytes { try storage.arena.value(json: $0) }
        for value in document.object["cases"].array.buffer {
            let test = ConformanceCase(value, storage.arena)
            if let filter, !test.id.contains(filter) { continue }
            if let reason = Self.skipped[test.id] {
                tally.skipped.append("\(test.id): \(reason)")
                continue
            }
            switch test.run(tracing: tracing) {
            case .passed: tally.passed += 1
            case .failed(let why): tally.failures.append((test.id, category, why))
            }
        }
    }

    private func report(_ tally: Tally, detailed: Bool) {
        let byCategory = Dictionary(grouping: tally.failures, by: \.category)
        for (category, failures) in byCategory.sorted(by: { $0.key < $1.key }) {
            print("conformance \(category): \(failures.count) failed")
        }
        if detailed || Self.environment("SLUICE_REGO_VERBOSE") != nil {
            for failure in tally.failures { print("\(failure.id): \(failure.why)") }
        }
        for line in tally.skipped { print("skipped \(line)") }
        print(
            "conformance: \(tally.passed) passed, \(tally.failures.count) failed, "
                + "\(tally.skipped.count) skipped of \(tally.total)")
    }

    private static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
