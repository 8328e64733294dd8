@testable import Credentials
import CScan
import LeakOracle
import Testing

struct ScrubberTests {
    /// The whole text through a scrubber, cut at these places.
    private static func scrub(
        _ text: [UInt8], cuts: [Int], _ needles: NeedleSet
    ) -> (bytes: [UInt8], heldMost: Int) {
        var scrubber = Scrubber()
        var out: [UInt8] = []
        var heldMost = 0
        var held = [UInt8](repeating: 0xEE, count: needles.longest)
        let ends = cuts + [text.count]
        var start = 0
        for end in ends {
            var piece = Array(text[start..<end])
            start = end
            piece.withUnsafeMutableBytes { piece in
                held.withUnsafeMutableBytes { held in
                    let passage = scrubber.scrub(piece, behind: held, needles)
                    out += held.prefix(passage.heldBefore)
                    out += piece.prefix(passage.piece)
                    #expect(passage.heldBefore == held.count || passage.total <= end)
                }
            }
            heldMost = max(heldMost, scrubber.heldCount)
        }
        held.withUnsafeMutableBytes { held in
            let count = scrubber.finish(into: held, needles)
            out += held.prefix(count)
        }
        return (out, heldMost)
    }

    private static func scrubbed(_ text: String, _ secrets: [String]) throws -> String {
        let needles = try NeedleSet(secrets.map { try Secret($0) })
        return String(decoding: scrub(Array(text.utf8), cuts: [], needles).bytes, as: UTF8.self)
    }

    @Test(arguments: [
        ("key=sk-12345 end", "key=******** end"),
        ("sk-12345", "********"),
        ("sk-1234", "sk-1234"),
        ("sk-sk-12345", "sk-********"),
        ("sk-12345sk-12345", "****************"),
        ("%73%6b%2d%31%32%33%34%35", "************************"),
        ("%73%6B%2D%31%32%33%34%35", "************************"),
        ("736b2d3132333435", "****************"),
        ("736B2D3132333435", "****************"),
        (#""\u0073\u006b\u002d\u0031\u0032\u0033\u0034\u0035""#,
            "\"" + String(repeating: "*", count: 48) + "\""),
        ("c2stMTIzNDU=", "**********U="),
        ("", ""),
    ])
    func `a secret is covered in each of its forms`(text: String, expected: String) throws {
        #expect(try Self.scrubbed(text, ["sk-12345"]) == expected)
    }

    @Test(arguments: [
        (#"a\/b"c"#, #"a\\\/b\"c"#), (#"a/b&c<d"#, #"a\/b\u0026c\u003cd"#),
        (#"a/b&c<d"#, #"a/b\u0026c\u003Cd"#), (#"a/b&c<d"#, #"a\/b&c<d"#),
        (#"p@ss word/+"#, "p%40ss%20word%2F%2B"), (#"p@ss word/+"#, "p%40ss%20word%2f%2b"),
        ("~~~???>>>", "fn5-Pz8_Pj4-"), ("~~~???>>>", "fn5+Pz8/Pj4+"),
    ])
    func `escaped and URL-safe forms are covered`(secret: String, form: String) throws {
        let stars = String(repeating: "*", count: form.utf8.count)
        #expect(try Self.scrubbed("<\(form)>", [secret]) == "<\(stars)>")
    }

    /// What the covering is to be, byte by byte and without a thought for speed.
    private static func naive(_ text: [UInt8], _ needles: [[UInt8]]) -> [UInt8] {
        var out = text
        for needle in needles {
            for start in text.indices where text.count - start >= needle.count
                && text[start..<(start + needle.count)].elementsEqual(needle)
            {
                for index in start..<(start + needle.count) { out[index] = UInt8(ascii: "*") }
            }
        }
        return out
    }

    private static func forms(_ secret: Secret) throws -> [[UInt8]] {
        let forms = SecretForms(secret.bytes)
        let memory = try SecretMemory(capacity: forms.bytesMax)
        var all: [[UInt8]] = []
        try forms.each(in: memory.bytes) { text throws(CredentialFault) in
            all.append(Array(text))
        }
        return all
    }

    @Test func `any two cuts give what a naive search gives`() throws {
        let secrets = try ["sk-12345", "tok/+&x", "aaaaab"].map { try Secret($0) }
        let needles = try NeedleSet(secrets)
        let all = try secrets.flatMap(Self.forms)
        for (index, form) in all.enumerated() {
            let next = all[(index * 7 + 3) % all.count]
            let text = Array("x%7s".utf8) + form + Array("aaa".utf8) + next + Array("\\u00".utf8)
            let expected = Self.naive(text, all)
            for cut in 0...text.count {
                let found = Self.scrub(text, cuts: [cut], needles).bytes
                #expect(found == expected, "form \(index) cut at \(cut)")
            }
            for cut in 0..<min(text.count - 2, 40) {
                let found = Self.scrub(text, cuts: [cut, cut + 1, cut + 2], needles).bytes
                #expect(found == expected, "form \(index) cut at \(cut) and after")
            }
            let bytewise = Self.scrub(text, cuts: Array(0..<text.count), needles).bytes
            #expect(bytewise == expected, "form \(index) byte by byte")
        }
    }

    @Test func `random texts of few letters give what a naive search gives`() throws {
        var random = SplitMix(state: 4711)
        let letters = Array("abc%6172".utf8)
        for round in 0..<400 {
            let words = (0..<3).map { _ in
                (0..<Int.random(in: 4...6, using: &random)).map { _ in
                    letters[Int.random(in: 0..<3, using: &random)]
                }
            }
            let secrets = try words.map { try Secret(String(decoding: $0, as: UTF8.self)) }
            let needles = try NeedleSet(secrets)
            let all = try secrets.flatMap(Self.forms)
            let text = (0..<200).map { _ in letters[Int.random(in: 0..<8, using: &random)] }
            let expected = Self.naive(text, all)
            let cuts = (0..<5).map { _ in Int.random(in: 0...200, using: &random) }.sorted()
            let found = Self.scrub(text, cuts: cuts, needles).bytes
            #expect(found == Self.scrub(text, cuts: [], needles).bytes, "round \(round)")
            #expect(found.count == expected.count)
            // Where a text ends inside the beginning of another, that beginning is covered too.
            for index in text.indices where expected[index] == UInt8(ascii: "*") {
                #expect(found[index] == UInt8(ascii: "*"), "round \(round) at \(index)")
            }
            for index in text.indices where found[index] != UInt8(ascii: "*") {
                #expect(found[index] == text[index])
            }
        }
    }

    @Test func `only the beginning of a secret is held back`() throws {
        let needles = try NeedleSet([try Secret("sk-12345")])
        let cases: [(text: String, held: Int)] = [
            ("data: hello\n\n", 0), ("data: s", 1), ("data: sk-1234", 7), ("data: sk-12345", 0),
            ("data: sk-x", 0), ("data: \\u007", 5), ("%7", 2), ("x sk-1234 ", 0),
        ]
        for (text, held) in cases {
            let bytes = Array(text.utf8)
            #expect(Self.scrub(bytes, cuts: [], needles).heldMost == held, "\(text)")
            #expect(Self.scrub(bytes, cuts: [], needles).bytes.count == bytes.count)
        }
    }

    @Test func `occurrences are counted`() throws {
        let needles = try NeedleSet([try Secret("sk-12345")])
        var text = Array("sk-12345, 736b2d3132333435 and sk-1234".utf8)
        let count = text.withUnsafeMutableBytes { Scrubber.scrub(whole: $0, needles) }
        #expect(count == 2)
        #expect(String(decoding: text, as: UTF8.self) == "********, **************** and sk-1234")
    }

    @Test func `what the oracle knows of a secret is covered`() throws {
        let secret = #"s3/cr+et&"\<key>~é-0123456789"#
        let oracle = LeakOracle([("s", secret)])
        let all = try Self.forms(try Secret(secret))
        #expect(all.allSatisfy { !oracle.findings(in: [0x20] + $0 + [0x20]).isEmpty })
        let needles = try NeedleSet([try Secret(secret)])
        for form in all {
            #expect(oracle.findings(in: Self.scrub(form, cuts: [3], needles).bytes) == [])
        }
    }

    @Test func `the wide search finds the places that the plain one finds`() {
        var random = SplitMix(state: 99)
        for _ in 0..<4000 {
            var words = (0..<Int.random(in: 0...9, using: &random)).map { _ in
                let mask = UInt64.max >> UInt64(8 * Int.random(in: 0...5, using: &random))
                return cscan_word(
                    bytes: (random.next() & 0x0707_0707_0707_0707) & mask, mask: mask)
            }
            words.sort { cscan_group(UInt8($0.bytes & 7)) < cscan_group(UInt8($1.bytes & 7)) }
            var filter = cscan_filter()
            words.withUnsafeBufferPointer { words in
                cscan_make(&filter, words.baseAddress, UInt32(words.count))
                let count = Int.random(in: 2...300, using: &random)
                var text = (0..<count).map { _ in
                    UInt8.random(in: 0...7, using: &random)
                        | UInt8.random(in: 0...9, using: &random) / 9 << 7
                }
                if let word = words.randomElement(using: &random), count >= 8 {
                    let place = Int.random(in: 0...(count - 8), using: &random)
                    withUnsafeBytes(of: word.bytes) { bytes in
                        for index in 0..<8 { text[place + index] = bytes[index] }
                    }
                }
                let expected = (0..<(count - 2)).first { place in
                    words.contains { word in
                        var bytes: UInt64 = 0
                        let length = min(8, count - place)
                        for index in 0..<length {
                            bytes |= UInt64(text[place + index]) << UInt64(8 * index)
                        }
                        // Near the end three bytes decide, and words with like ones count too.
                        return length == 8 && bytes & word.mask == word.bytes
                    }
                }
                let found = cscan_find(&filter, text, count)
                #expect(found == cscan_find_plain(&filter, text, count))
                #expect(found == cscan_find_32(&filter, text, count))
                if let expected { #expect(found == expected) } else { #expect(found > count - 8) }
            }
        }
    }
}

/// Random numbers that are the same in every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
