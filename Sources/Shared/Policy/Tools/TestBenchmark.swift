internal import Bytes
internal import Rego

/// How long a test takes, one evaluation after the other on one thread.
public struct TestBenchmark: Sendable, Equatable {
    public let evaluations: Int
    /// Of all evaluations together.
    public let nanoseconds: Int64
    /// What one evaluation needs of its worker's memory, which is used again and again.
    public let bytes: Int

    /// Go's way to write a result: how often, how long and, if wanted, how many bytes.
    func text(showsMemory: Bool) -> String {
        let each = nanoseconds / Int64(max(evaluations, 1))
        let memory = showsMemory ? "\t\(Self.padded(bytes, 8)) B/op" : ""
        return "\(Self.padded(evaluations, 8))\t\(Self.padded(Int(each), 10)) ns/op\(memory)"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: " ", count: max(0, width - digits.count)) + digits
    }

    /// As Go's library names the members; the memory is that of all evaluations.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        let members: [(StaticString, Int)] = [
            ("N", evaluations), ("T", Int(nanoseconds)), ("Bytes", 0), ("MemAllocs", 0),
            ("MemBytes", bytes.multipliedReportingOverflow(by: evaluations).partialValue),
        ]
        for (name, number) in members {
            json.key(name)
            json.integer(Int64(number))
        }
        json.key("Extra")
        json.beginObject()
        json.endObject()
        json.endObject()
    }
}

extension PolicyTest {
    /// The name of a benchmark in Go's data format, where words are capitalised and run together.
    var goName: String {
        let words = "\(package).\(name)".split { $0 == "." || $0 == "_" || $0 == "#" }
        return "Benchmark" + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
