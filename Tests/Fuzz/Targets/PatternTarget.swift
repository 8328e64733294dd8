internal import Bytes
internal import Rego

/// Regular expressions and globs through the builtins: a pattern, a NUL, and a text. What the
/// functions say of each other is checked by a policy.
enum PatternTarget {
    static let target = FuzzTarget("pattern", bytesMax: 512) { bytes throws(Finding) in
        let (pattern, text) = bytes.halves
        guard UTF8Scanner.isValid(pattern.span), UTF8Scanner.isValid(text.span), let policy else {
            return
        }
        var input = JSONWriter()
        input.beginObject()
        input.key("p")
        pattern.withUnsafeBytes { input.string($0) }
        input.key("t")
        text.withUnsafeBytes { input.string($0) }
        input.endObject()
        let answer = policy.answer("data.t.faults", Snapshot(policy.program), input: input.bytes)
        switch answer {
        case .value(let faults): try Finding.unless(faults == Array("[]".utf8), faults.text)
        case .failed(let error): try Finding.unless(error.contains("too "), error)
        case .undefined: throw Finding("no answer")
        }
    }

    private static let policy = FuzzPolicy(Array(source.utf8), entries: ["data.t.faults"])

    private static let source = """
        package t

        p := input.p
        t := input.t
        matches := regex.match(p, t)
        found := regex.find_n(p, t, -1)
        parts := regex.split(p, t)

        faults contains "validity" if { regex.is_valid(p); not is_boolean(matches) }
        faults contains "validity of find_n" if { regex.is_valid(p); not is_array(found) }
        faults contains "a match of what is invalid" if {
            not regex.is_valid(p)
            is_boolean(matches)
        }
        faults contains "match and find_n" if { matches; count(found) == 0 }
        faults contains "find_n and match" if { matches == false; count(found) > 0 }
        faults contains "something found is not there" if { some f in found; not contains(t, f) }
        faults contains "split" if { matches == false; parts != [t] }
        faults contains "parts are longer than the whole" if { count(concat("", parts)) > count(t) }
        faults contains "replaced by itself" if {
            is_boolean(matches)
            regex.replace(t, p, "${0}") != t
        }
        faults contains "a quoted glob" if { not glob.match(glob.quote_meta(t), ["/"], t) }
        faults contains "a glob with fewer separators" if {
            glob.match(p, ["/", "."], t)
            not glob.match(p, ["/"], t)
        }
        """
}
