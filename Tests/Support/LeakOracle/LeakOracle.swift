import Bytes

/// Searches what a process emitted for secrets that were planted in it, in six encodings: as they
/// are, base64 and base64url at every alignment, percent-encoded, JSON-escaped and hexadecimal.
///
/// It shares no code with what keeps secrets from getting out.
public struct LeakOracle: Sendable {
    public enum Encoding: String, Sendable, CaseIterable {
        case raw, base64, base64url, percent, json, hex
    }

    public struct Finding: Equatable, Sendable, CustomStringConvertible {
        public let secret: String
        public let encoding: Encoding
        /// Of the first byte, in the captured bytes once their encoding is undone.
        public let offset: Int

        public var description: String { "\(secret) as \(encoding.rawValue) at \(offset)" }
    }

    private let secrets: [(name: String, bytes: [UInt8])]

    /// - Parameter secrets: names for findings, and what to search for; eight bytes at least, so
    ///   that nothing is found by chance.
    public init(_ secrets: [(name: String, value: String)]) {
        for secret in secrets { precondition(secret.value.utf8.count >= 8) }
        self.secrets = secrets.map { ($0.name, Array($0.value.utf8)) }
    }

    /// At most one finding for each secret and encoding.
    public func findings(in captured: [UInt8]) -> [Finding] {
        let percentDecoded = Self.percentDecoded(captured)
        let jsonDecoded = Self.jsonDecoded(captured)
        let lowercased = captured.map(ASCII.lowercased)
        var found: [Finding] = []
        for secret in secrets {
            func look(_ encoding: Encoding, for needle: [UInt8], in bytes: [UInt8]) {
                guard !found.contains(where: {
                    $0.secret == secret.name && $0.encoding == encoding
                }), let offset = Self.offset(of: needle, in: bytes) else { return }
                found.append(Finding(secret: secret.name, encoding: encoding, offset: offset))
            }
            look(.raw, for: secret.bytes, in: captured)
            for alignment in 0..<3 {
                look(.base64, for: Self.core(secret.bytes, alignment, .standard), in: captured)
                look(.base64url, for: Self.core(secret.bytes, alignment, .url), in: captured)
            }
            look(.percent, for: secret.bytes, in: percentDecoded)
            look(.json, for: secret.bytes, in: jsonDecoded)
            look(.hex, for: Hex.encode(secret.bytes.span), in: lowercased)
        }
        // What is there as it is survives the undoing of encodings.
        return found.filter { finding in
            finding.encoding != .percent && finding.encoding != .json
                || !found.contains { $0.secret == finding.secret && $0.encoding == .raw }
        }
    }

    /// The secrets as they would lie in memory, in each encoding: for searching much of it at once.
    public var forms: [(name: String, encoding: Encoding, bytes: [UInt8])] {
        secrets.flatMap { secret in
            var forms: [(name: String, encoding: Encoding, bytes: [UInt8])] = []
            func add(_ encoding: Encoding, _ bytes: [UInt8]) {
                forms.append((secret.name, encoding, bytes))
            }
            add(.raw, secret.bytes)
            for alignment in 0..<3 {
                add(.base64, Self.core(secret.bytes, alignment, .standard))
                add(.base64url, Self.core(secret.bytes, alignment, .url))
            }
            add(.percent, Percent.encode(secret.bytes.span, .query))
            add(.json, secret.bytes.flatMap { $0 == UInt8(ascii: "/") ? [0x5C, $0] : [$0] })
            add(.hex, Hex.encode(secret.bytes.span))
            return forms
        }
    }

    public static func offset(of needle: [UInt8], in bytes: [UInt8]) -> Int? {
        guard let first = needle.first, bytes.count >= needle.count else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            needle.withUnsafeBufferPointer { needle in
                for start in 0...(bytes.count - needle.count) where bytes[start] == first {
                    var length = 1
                    while length < needle.count, bytes[start + length] == needle[length] {
                        length += 1
                    }
                    if length == needle.count { return start }
                }
                return nil
            }
        }
    }

    /// The characters that stay the same whatever stands around the secret.
    private static func core(_ secret: [UInt8], _ alignment: Int, _ base64: Base64) -> [UInt8] {
        func encoded(_ neighbour: UInt8) -> [UInt8] {
            let before = [UInt8](repeating: neighbour, count: alignment)
            return base64.encode((before + secret + [neighbour, neighbour, neighbour]).span)
        }
        let first = encoded(0x00)
        let second = encoded(0xFF)
        // Characters at the edges differ; those that agree by chance beyond them do not matter.
        let agreeing = zip(first, second).map { $0 == $1 }
        guard let start = agreeing.firstIndex(of: true) else { return [] }
        let end = agreeing[start...].firstIndex(of: false) ?? agreeing.count
        return Array(first[start..<end])
    }

    private static func percentDecoded(_ bytes: [UInt8]) -> [UInt8] {
        decoded(bytes) { rest in
            guard rest.count >= 3, rest[0] == UInt8(ascii: "%"), let high = Hex.value(of: rest[1]),
                let low = Hex.value(of: rest[2])
            else { return nil }
            return (high << 4 | low, 3)
        }
    }

    private static func jsonDecoded(_ bytes: [UInt8]) -> [UInt8] {
        decoded(bytes) { rest in
            guard rest.count >= 2, rest[0] == UInt8(ascii: "\\") else { return nil }
            guard rest[1] == UInt8(ascii: "u") else { return (rest[1], 2) }
            guard rest.count >= 6, rest[2] == UInt8(ascii: "0"), rest[3] == UInt8(ascii: "0"),
                let high = Hex.value(of: rest[4]), let low = Hex.value(of: rest[5])
            else { return nil }
            return (high << 4 | low, 6)
        }
    }

    private static func decoded(
        _ bytes: [UInt8],
        _ escape: (UnsafeBufferPointer<UInt8>) -> (byte: UInt8, length: Int)?
    ) -> [UInt8] {
        bytes.withUnsafeBufferPointer { bytes in
            var out: [UInt8] = []
            out.reserveCapacity(bytes.count)
            var at = 0
            while at < bytes.count {
                let rest = UnsafeBufferPointer(rebasing: bytes[at...])
                if let found = escape(rest) {
                    out.append(found.byte)
                    at += found.length
                } else {
                    out.append(bytes[at])
                    at += 1
                }
            }
            return out
        }
    }
}
