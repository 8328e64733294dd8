internal import Bytes
internal import Testing

@testable internal import Telemetry

struct TraceTests {
    private static let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test func `a request id is a UUID of version 7 that sorts by time`() {
        var random = RandomSource(seed: (1, 2, 3, 4))
        var previous = ""
        for step in 0..<1000 as Range<Int64> {
            let id = RequestID(wallNanoseconds: noon + step * 1000, random: &random)
            let text = written { id.append(to: &$0) }
            let marks = Array(text.utf8)
            #expect(marks.count == RequestID.byteCount)
            #expect(marks[14] == UInt8(ascii: "7"))
            #expect([UInt8]("89ab".utf8).contains(marks[19]))
            #expect(accepts(.acceptUUID, text))
            #expect(text.prefix(18) >= previous.prefix(18))
            #expect(text != previous)
            previous = text
        }
        #expect(previous.hasPrefix("01a20718-deb"))
    }

    @Test(arguments: [
        ("019aaf75-01bb-7000-8000-0000000000ff", true, true),
        ("019AAF75-01BB-4000-8000-0000000000FF", true, true),
        ("019aaf75-01bb-7000-8000-0000000000f", false, true),
        ("019aaf7501bb-7000-8000-0000000000ff0", false, true),
        ("019aaf75-01bb-7000-8000-0000000000fg", false, true),
        ("abc.DEF_1-2", false, true),
        ("", false, false),
        ("a b", false, false),
        ("a\"b", false, false),
        ("a\r\nX-Evil: 1", false, false),
        ("é", false, false),
        (String(repeating: "a", count: 64), false, true),
        (String(repeating: "a", count: 65), false, false),
    ])
    func `a client's id is taken over only when the rule says so`(
        value: String, isUUID: Bool, isToken: Bool
    ) {
        #expect(accepts(.acceptUUID, value) == isUUID)
        #expect(accepts(.acceptToken, value) == isToken)
        #expect(!accepts(.generate, value))
    }

    @Test func `a trace goes on with a span of ours`() throws {
        var random = RandomSource(seed: (1, 2, 3, 4))
        let parent = try #require(parsed(Self.valid))
        #expect(written { parent.append(to: &$0) } == Self.valid)
        #expect(parent.isSampled)
        let child = written { parent.child(random: &random).append(to: &$0) }
        #expect(child.prefix(36) == Self.valid.prefix(36))
        #expect(child.suffix(3) == "-01")
        #expect(child != Self.valid)
    }

    @Test func `a new trace is valid`() throws {
        var random = RandomSource(seed: (0, 0, 0, 0))
        for isSampled in [true, false] {
            let context = TraceContext(isSampled: isSampled, random: &random)
            let text = written { context.append(to: &$0) }
            #expect(parsed(text) == context)
            #expect(context.isSampled == isSampled)
        }
    }

    @Test(arguments: [
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff",
    ])
    func `later versions and unknown flags are read as far as they are known`(text: String) throws {
        let context = try #require(parsed(text))
        #expect(written { context.append(to: &$0) } == Self.valid)
    }

    @Test(arguments: [
        "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01x",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        "0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ])
    func `an invalid traceparent is not taken over`(text: String) {
        #expect(parsed(text) == nil)
    }

    @Test func `two generators of the system's seed differ`() {
        var first = RandomSource()
        var second = RandomSource()
        #expect(first.next() != second.next())
    }

    private func parsed(_ text: String) -> TraceContext? {
        TraceContext(parsing: Array(text.utf8).span)
    }

    private func accepts(_ rule: RequestIDRule, _ value: String) -> Bool {
        rule.accepts(Array(value.utf8).span)
    }

    private func written(_ append: (inout LineBuilder) -> Void) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 128) { memory in
            var line = LineBuilder(memory)
            append(&line)
            return String(decoding: line.bytes, as: UTF8.self)
        }
    }
}
