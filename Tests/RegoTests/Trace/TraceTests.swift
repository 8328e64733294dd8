import Bytes
import Testing

@testable import Rego

/// Traces as whole texts, in the format and order of OPA 1.x. The folders of Tests/Corpus/traces
/// hold a policy, a query, its input and data, and what is shown.
@Suite struct TraceTests {
    private static let corpus = "Tests/Corpus/traces"

    private func run(_ name: String) throws -> TracedRun {
        func text(_ file: String) throws -> String {
            String(decoding: try Files.bytes(of: "\(Self.corpus)/\(name)/\(file)"), as: UTF8.self)
        }
        return try TracedRun(
            try text("policy.rego"), try text("query"), input: try text("input.json"),
            data: try text("data.json"))
    }

    @Test(arguments: [
        "complete", "denied", "duplicates", "else", "functions", "negation", "notes", "partial",
    ])
    func `an evaluation is told as OPA tells it`(name: String) throws {
        let trace = try run(name).trace()
        for (file, shown) in [("full.txt", trace), ("fails.txt", trace.filtered([.fail]))] {
            let wanted = try Files.bytes(of: "\(Self.corpus)/\(name)/\(file)")
            #expect(shown.text() == String(decoding: wanted, as: UTF8.self), "\(name)/\(file)")
        }
    }

    @Test func `notes are shown with what leads to them`() throws {
        let wanted = try Files.bytes(of: "\(Self.corpus)/notes/notes.txt")
        let shown = try run("notes").trace().filtered([.note]).text()
        #expect(shown == String(decoding: wanted, as: UTF8.self))
        #expect(try run("partial").trace().filtered([.note]).events.isEmpty)
    }

    @Test func `values of variables stand beside the events that mention them`() throws {
        let source = """
            package t
            p if { some x in input.list; x > 1 }
            """
        let trace = try TracedRun(source, "data.t.p", input: #"{"list":[1,{"a":[2]}]}"#).trace()
        let lines = trace.text(showsVariables: true).split(separator: "\n")
        #expect(lines.contains { $0.contains("| Fail gt(x, 1) ") && $0.hasSuffix(" {x: 1}") })
        #expect(lines.contains { $0.hasSuffix("{x: {\"a\": [2]}}") })
    }

    @Test func `the JSON of an event has OPA's members`() throws {
        let source = "package t\np := x if x := input.a"
        let trace = try TracedRun(source, "y = data.t.p", input: #"{"a":[1]}"#).trace()
        var json = JSONWriter()
        trace.write(to: &json)
        let storage = ArenaStorage()
        let events = try json.bytes.withUnsafeBytes { try storage.arena.value(json: $0) }
        #expect(events.array.count == trace.events.count)
        let members: [StaticString] = [
            "Node", "Location", "Locals", "LocalMetadata", "Ref", "Op", "Message", "QueryID",
            "ParentID",
        ]
        for event in events.array.buffer {
            for member in members { #expect(event.object[member].isDefined) }
            #expect(event.object.count == members.count)
        }
        let exit = try #require(
            events.array.buffer.first { $0.object["Op"].isString("Exit") }).object
        #expect(exit["QueryID"].int64 == 1)
        let local = exit["Locals"].array[0].object
        #expect(local["type"].isString("array"))
        #expect(local["value"].json() == Array(#"[{"type":"number","value":1}]"#.utf8))
        #expect(events.array[2].object["Message"].isString("(matched 1 rule)"))
        withExtendedLifetime(storage) {}
    }

    @Test func `an evaluation that fails is told up to there`() throws {
        let source = "package t\np := x if { some x in [1, 2] }"
        let run = try TracedRun(source, "data.t.p")
        #expect(throws: EvaluationError.self) { try run.trace() }
        let trace = Trace(run.tracer, of: run.program)
        #expect(trace.events.last?.operation == .exit || trace.events.last?.operation == .redo)
        #expect(trace.events.count > 5)
    }

    @Test func `a trace is cut where it grows too long`() throws {
        let source = "package t\np := count([1 | some a in input.l; some b in input.l; a < b])"
        let input = #"{"l":[\#((0..<60).map { "\($0)" }.joined(separator: ","))]}"#
        let whole = try TracedRun(source, "data.t.p", input: input, eventsMax: 1_000_000).trace()
        #expect(!whole.isCut)
        #expect(whole.events.count > 5_000)
        let run = try TracedRun(source, "data.t.p", input: input, eventsMax: 100)
        for _ in 0..<2 {
            let cut = try run.trace()
            #expect(cut.isCut)
            #expect(cut.events.count == 100)
        }
    }

    @Test func `only a program that is planned for it has trace instructions`() throws {
        let source = "package t\np if { not q; every x in [1] { x > 0 } }\nq if trace(\"no\")"
        let plain = try TestPolicy.program(source, entries: ["data.t.p"])
        #expect(!plain.isTraceable)
        #expect(!plain.code.contains { $0.opcode == .trace })
        let traced = try TracedRun(source, "data.t.p").program
        #expect(traced.isTraceable)
        #expect(traced.code.contains { $0.opcode == .trace })
    }
}
