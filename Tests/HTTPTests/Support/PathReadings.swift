import HTTP

/// How readers with different habits understand one target. A target whose readings reach a
/// forbidden place has passed a policy that it should not have.
struct PathReadings {
    var strict: Set<String> = []
    var lenient: Set<String> = []
    var exotic: Set<String> = []

    init(_ target: String) {
        let path = String(target.prefix { $0 != "?" })
        strict = [Self.withoutDots(Self.decoded(path, onlyUnreserved: true))]
        let cut = String(path.prefix { $0 != "#" })
        let backslashed = Self.decoded(path, onlyUnreserved: true)
            .replacing("%5c", with: "\\").replacing("%5C", with: "\\")
        for base in [path, cut] {
            for text in [base, Self.decoded(base, onlyUnreserved: false), backslashed] {
                addLenient(text)
                addLenient(text.replacing("\\", with: "/"))
            }
        }
        for text in Array(lenient) + [path] {
            let twice = Self.decoded(
                Self.decoded(text, onlyUnreserved: false), onlyUnreserved: false
            )
            .replacing("\u{C0}\u{AE}", with: ".").replacing("\u{EF}\u{BC}\u{8F}", with: "/")
            .replacing("\u{EF}\u{BC}\u{8E}", with: ".").replacing("\\", with: "/")
            exotic.insert(Self.withoutDots(Self.merged(twice)))
            var end = twice[...]
            while let last = end.last, ". \t\r\n".contains(last) { end.removeLast() }
            exotic.insert(String(end))
        }
    }

    /// The most tolerant reader that does not reach `place`; nil when one does.
    func reach(_ place: String) -> String? {
        for (name, readings) in [("strict", strict), ("lenient", lenient), ("exotic", exotic)] {
            if readings.contains(where: { $0 == place || $0.hasPrefix(place + "/") }) {
                return name
            }
        }
        return nil
    }

    private mutating func addLenient(_ text: String) {
        for plain in [text, Self.withoutParameters(text)] {
            for short in [plain, String(plain.prefix { $0 != "\0" })] {
                for path in [short, Self.merged(short)] {
                    let resolved = Self.withoutDots(path)
                    lenient.formUnion([
                        resolved, Self.merged(resolved), Self.withoutParameters(resolved),
                    ])
                }
            }
        }
    }

    private static func decoded(_ text: String, onlyUnreserved: Bool) -> String {
        let input = text.latin1
        var output: [UInt8] = []
        var index = 0
        while index < input.count {
            if input[index] == 0x25, index + 2 < input.count,
                let byte = UInt8(Array(input[index + 1...index + 2]).text, radix: 16)
            {
                let character = Character(Unicode.Scalar(byte))
                let isUnreserved = character.isAlphanumeric || "-._~".contains(character)
                if isUnreserved || !onlyUnreserved {
                    output.append(byte)
                    index += 3
                    continue
                }
            }
            output.append(input[index])
            index += 1
        }
        return output.text
    }

    private static func withoutDots(_ path: String) -> String {
        var kept: [Substring] = []
        for segment in path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            if segment == ".." {
                _ = kept.popLast()
            } else if segment != "." {
                kept.append(segment)
            }
        }
        return "/" + kept.joined(separator: "/")
    }

    private static func withoutParameters(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.prefix { $0 != ";" } }.joined(separator: "/")
    }

    private static func merged(_ path: String) -> String {
        var output = ""
        for character in path where character != "/" || output.last != "/" {
            output.append(character)
        }
        return output
    }
}
