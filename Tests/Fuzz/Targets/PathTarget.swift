internal import Bytes
internal import HTTP

/// Paths: the normal form is normal, and no reader finds a dot segment or another delimiter in it.
enum PathTarget {
    static let target = FuzzTarget("path", bytesMax: 512) { path throws(Finding) in
        guard let first = normalized(path, PathRules()) else { return }
        guard let again = normalized(first.forwarded, PathRules()) else {
            throw Finding("the normal form is refused: \(first.forwarded.text)")
        }
        try Finding.unless(again.forwarded == first.forwarded, "not normal: \(again.forwarded.text)")
        try Finding.unless(again.matched == first.matched, "matched otherwise the second time")
        for form in [first.forwarded, first.matched] where form != Array("*".utf8) {
            try check(form)
        }
    }

    private static func check(_ form: [UInt8]) throws(Finding) {
        try Finding.unless(form.first == UInt8(ascii: "/"), "not absolute: \(form.text)")
        var decoded = form
        // A reader that decodes twice is not rare.
        for _ in 0..<3 {
            let segments = decoded.split(separator: 0x2F, omittingEmptySubsequences: false)
            for segment in segments {
                let name = segment.prefix { $0 != UInt8(ascii: ";") }
                try Finding.unless(
                    Array(name) != Array(".".utf8) && Array(name) != Array("..".utf8),
                    "a dot segment: \(form.text)")
            }
            try Finding.unless(
                !segments.dropFirst().dropLast().contains { $0.isEmpty }, "//: \(form.text)")
            try Finding.unless(
                !decoded.contains(UInt8(ascii: "\\")) && !decoded.contains(0),
                "a delimiter: \(form.text)")
            decoded = unescaped(decoded)
        }
    }

    /// Decodes `%XX` where that is well-formed.
    private static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = Hex.value(of: bytes[index + 1]),
                let low = Hex.value(of: bytes[index + 2])
            {
                out.append(high << 4 | low)
                index += 3
            } else {
                out.append(bytes[index])
                index += 1
            }
        }
        return out
    }

    private static func normalized(
        _ path: [UInt8], _ rules: PathRules
    ) -> (forwarded: [UInt8], matched: [UInt8])? {
        path.withUnsafeBytes { raw in
            var normalizer = PathNormalizer()
            guard let result = try? normalizer.normalize(raw, rules: rules) else { return nil }
            return (Array(result.forwarded), Array(result.matched))
        }
    }
}
