internal import Bytes

/// Globs: a pattern, a NUL, and a text. More separators never match more, a quoted text matches
/// itself and nothing else.
enum GlobTarget {
    static let target = FuzzTarget("glob", bytesMax: 512) { bytes throws(Finding) in
        let (pattern, text) = bytes.halves
        let slash = try? Glob(pattern.span, separators: [0x2F])
        let both = try? Glob(pattern.span, separators: [0x2F, 0x2E])
        let none = try? Glob(pattern.span, separators: [])
        try Finding.unless(
            (slash == nil) == (both == nil) && (slash == nil) == (none == nil),
            "separators decide whether it compiles")
        if let slash, let both, let none {
            let matched = [both, slash, none].map { $0.matches(text.span) }
            try Finding.unless(
                !matched[0] || matched[1], "matches with two separators, not with one")
            try Finding.unless(!matched[1] || matched[2], "matches with a separator, not without")
        }
        guard UTF8Scanner.isValid(text.span) else { return }
        let quoted = Glob.quote(text.span)
        guard let exact = try? Glob(quoted.span, separators: [0x2F]) else {
            try Finding.unless(text.count > 256, "a quoted text does not compile")
            return
        }
        try Finding.unless(exact.matches(text.span), "a quoted text does not match itself")
        try Finding.unless(!exact.matches((text + [0x61]).span), "it matches more than itself")
        if UTF8Scanner.isValid(pattern.span), pattern != text {
            try Finding.unless(!exact.matches(pattern.span), "it matches another text")
        }
    }
}
