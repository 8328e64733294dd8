internal import Rego

/// A rule named `test_…`, to be evaluated, or `todo_test_…`, to be skipped.
public struct PolicyTest: Sendable, Equatable {
    /// Such as `data.authz_test`.
    public let package: String
    /// The rule's name; the second of a name ends in `#01`.
    public let name: String
    /// What is evaluated, such as `data.authz_test.test_x`.
    public let path: String
    public let isSkipped: Bool
    public let file: String
    public let row: Int
    public let column: Int

    /// The tests of a bundle, in the order of its sources.
    static func all(in modules: BundleModules) -> [PolicyTest] {
        var tests: [PolicyTest] = []
        var timesSeen: [String: Int] = [:]
        for (module, file) in zip(modules.parsed, modules.paths) {
            let package = modules.packageName(of: module)
            for rule in module.rules where !rule.isDefault {
                let names = modules.names(of: rule.head.reference)
                guard let last = names.last else { continue }
                let isSkipped = last.hasPrefix("todo_test_")
                guard isSkipped || last.hasPrefix("test_") else { continue }
                let name = names.joined(separator: ".")
                let path = "\(package).\(name)"
                let count = timesSeen[path, default: 0]
                timesSeen[path] = count + 1
                tests.append(
                    PolicyTest(
                        package: package, name: name + number(count), path: path,
                        isSkipped: isSkipped, file: file, row: Int(rule.location.row),
                        column: Int(rule.location.column)))
            }
        }
        return tests
    }

    private static func number(_ count: Int) -> String {
        guard count > 0 else { return "" }
        return count < 10 ? "#0\(count)" : "#\(count)"
    }
}

/// What became of a test.
public struct PolicyTestResult: Sendable, Equatable {
    public enum Outcome: Sendable, Equatable {
        case passed
        case failed
        case skipped
        case error(String)
    }

    /// What happened in a failed test, as text.
    public struct Explanation: Sendable, Equatable {
        public let trace: String
        /// The expression that failed last, with the values of its variables.
        public let line: String
    }

    public let test: PolicyTest
    public let outcome: Outcome
    public let nanoseconds: Int64
    /// Lines that the test printed.
    public let output: [String]
    /// Of a failed test, if it was asked for.
    public var explanation: Explanation?
    /// Of a test that passed, if it was asked for.
    public var benchmark: TestBenchmark?
}
