import Bytes
import Rego
import Testing

@Suite struct TraceTests {
    private func show(_ rules: String, _ query: String, input: String, data: String) throws -> String
    {
        let run = try TracedRun("package t\n" + rules, query, input: input, data: data)
        return try run.trace().text()
    }

    @Test func `show`() throws {
        for (rules, query) in [
            ("p if { q[x]; plus(x, 1, _) }\nq contains x if { x = data.a[_] }", "data.t.p = _"),
            ("default allow := false\nallow if { input.x == 2; admin }\nallow if { input.x == 1; admin }\nadmin if input.role == \"a\"\nadmin if input.role == \"z\"", "data.t.allow = _"),
            ("p := y if { some x in [1, 2]; y := f(x); y > 3 }\nf(x) := x * 2", "data.t.p = _"),
            ("p if { every x in input.l { x > 1 } }\nr if { not q; not s }\nq if input.y\ns if input.x", "data.t = _"),
            ("p := [x | some x in input.l; x > 1] if trace(\"hello\")", "data.t.p = y"),
        ] {
            print(try show(rules, query, input: #"{"x":1,"role":"z","l":[1,2]}"#, data: #"{"a":[1,2,3,4]}"#))
        }
    }
}
