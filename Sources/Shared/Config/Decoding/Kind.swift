/// What a scalar may be: how it is read, and how that is said to who got it wrong.
struct Kind<Value> {
    /// Ends a sentence that begins with "accepted:".
    let accepted: String
    /// The words among which a nearest spelling is looked for.
    var words: [String] = []
    /// Whether what stands in place of such a value is not to be shown.
    var isSecret = false
    /// Nil when the text is not accepted.
    let parse: (String) -> Value?
}

extension Kind where Value == Bool {
    static var boolean: Kind {
        Kind(accepted: "true or false", words: ["true", "false"]) { text in
            text == "true" ? true : text == "false" ? false : nil
        }
    }
}

extension Kind where Value == Int {
    static func integer(_ range: ClosedRange<Int>) -> Kind {
        Kind(accepted: "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            guard text.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let value = Int(text) else {
                return nil
            }
            return range.contains(value) ? value : nil
        }
    }

    /// A size in bytes, with or without a unit.
    static func bytes(_ range: ClosedRange<Int>) -> Kind {
        let accepted =
            "a size such as 60KiB, from \(Units.bytes(range.lowerBound)) "
            + "to \(Units.bytes(range.upperBound))"
        return Kind(accepted: accepted) { text in
            Units.parseBytes(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension Kind where Value == Int? {
    /// Nil for the word `auto`.
    static func integerOrAuto(_ range: ClosedRange<Int>) -> Kind {
        let integer = Kind<Int>.integer(range)
        return Kind(accepted: "auto, or \(integer.accepted)", words: ["auto"]) { text in
            if text == "auto" { return .some(nil) }
            return integer.parse(text).map { .some($0) }
        }
    }
}

extension Kind where Value == Duration {
    static func duration(_ range: ClosedRange<Duration>) -> Kind {
        let accepted =
            "a duration such as 10s, 5m or 1h30m, from "
            + "\(Units.duration(range.lowerBound)) to \(Units.duration(range.upperBound))"
        return Kind(accepted: accepted) { text in
            Units.parseDuration(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension Kind where Value == Endpoint {
    /// An address to bind to; port 0 lets the system choose.
    static var listener: Kind {
        Kind(accepted: "an IP address with a port such as 127.0.0.1:8080") { text in
            Endpoint(text).flatMap { $0.isBindable ? $0 : nil }
        }
    }

    /// An address to connect to.
    static var target: Kind {
        Kind(accepted: "HOST:PORT such as 127.0.0.1:8090 or agentd:8090") { text in
            Endpoint(text).flatMap { $0.port == 0 ? nil : $0 }
        }
    }
}

extension Kind where Value == String {
    /// Anything but nothing and control characters.
    static func text(_ accepted: String) -> Kind {
        Kind(accepted: accepted) { text in
            let isClean = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            return isClean && !text.isEmpty ? text : nil
        }
    }

    /// A secret that goes behind `Authorization: Bearer` (RFC 6750 §2.1).
    static var bearerToken: Kind {
        let accepted = "at least 32 characters without spaces such as ${file:PATH} or ${env:NAME}"
        return Kind(accepted: accepted, isSecret: true) { text in
            let isToken = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            return isToken && text.utf8.count >= 32 ? text : nil
        }
    }

    /// An origin in the one spelling that browsers send (RFC 6454 §6.2).
    static var origin: Kind {
        Kind(accepted: "an origin in lower case such as https://console.example") { text in
            for scheme in ["https://", "http://"] where text.hasPrefix(scheme) {
                let host = text.utf8.dropFirst(scheme.utf8.count)
                let isHost = host.allSatisfy { byte in
                    (0x61...0x7A).contains(byte) || byte &- 0x30 < 10 || ".-:[]".utf8.contains(byte)
                }
                return isHost && !host.isEmpty ? text : nil
            }
            return nil
        }
    }

    /// A folder that is as it is spelled: whether there is one is seen when it is used.
    static var hostFolder: Kind {
        Kind(accepted: "an absolute path without . and .. such as /srv/agents") { text in
            let parts = text.split(separator: "/")
            let isClean = !text.utf8.contains { $0 < 0x20 || $0 == 0x7F }
            return text.hasPrefix("/") && isClean && !parts.contains(".") && !parts.contains("..")
                ? text : nil
        }
    }

    static var urlPath: Kind {
        Kind(accepted: "a path that begins with / and has no query") { text in
            let isClean = text.utf8.allSatisfy { byte in
                byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "?")
                    && byte != UInt8(ascii: "#")
            }
            return text.hasPrefix("/") && isClean ? text : nil
        }
    }

    /// A method in upper case (RFC 9110 §9.1).
    static var method: Kind {
        let common = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]
        return Kind(accepted: "a method in upper case such as GET", words: common) { text in
            let isUpper = text.utf8.allSatisfy { byte in
                byte &- 0x41 < 26 || byte == UInt8(ascii: "-")
            }
            return isUpper && !text.isEmpty ? text : nil
        }
    }
}

extension Kind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the words of an enum.
    static var word: Kind {
        let words = Value.allCases.map(\.rawValue)
        return Kind(accepted: words.joined(separator: ", "), words: words) { Value(rawValue: $0) }
    }
}
