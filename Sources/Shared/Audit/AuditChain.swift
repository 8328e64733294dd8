internal import Bytes
internal import COpenSSL

/// How a line is bound to the line before it.
///
/// A line is a JSON object that ends with `,"prev":"P","hash":"H"}` and a newline. P is the hash of
/// the line before it, in lower-case hexadecimal (64 zeros in the first line of all), and H the
/// SHA-256 of the 32 bytes that P stands for, followed by the line's bytes from its `{` up to, and
/// without, `,"hash":"`. So H covers everything that the line says, P included, and through P all
/// lines before it.
///
/// The chain shows what was altered, removed, inserted or reordered by somebody who cannot write all
/// lines behind it anew. Against somebody who can, and against the loss of its last lines, compare
/// it with a hash that was noted elsewhere (`AuditVerifier.expected`).
enum AuditChain {
    private static let hashKey = Array(",\"hash\":\"".utf8)
    private static let previousKey = Array(",\"prev\":\"".utf8)
    private static let end = Array("\"}".utf8)
    private static let digits = 2 * AuditPosition.hashBytes

    /// The end of a line: P, H and the newline. `body` is the object so far, without its end.
    static func seal(_ body: [UInt8], after previous: [UInt8]) -> (line: [UInt8], hash: [UInt8]) {
        var line = body
        line.reserveCapacity(body.count + 2 * digits + 24)
        line += previousKey
        line += Hex.encode(previous.span)
        line.append(UInt8(ascii: "\""))
        let hash = digest(previous, line[...])
        line += hashKey
        line += Hex.encode(hash.span)
        line += end
        line.append(UInt8(ascii: "\n"))
        return (line, hash)
    }

    /// What a line says of the chain, and what it should say.
    struct Claim: Equatable {
        let previous: [UInt8]
        let hash: [UInt8]
        /// What the hash of such a line is.
        let actual: [UInt8]

        var holds: Bool { hash == actual }
    }

    /// Nil when the line does not end as lines end. `line` has no newline.
    static func claim(of line: ArraySlice<UInt8>) -> Claim? {
        let tail = hashKey.count + digits + end.count
        let middle = previousKey.count + digits + 1
        guard line.first == UInt8(ascii: "{"), line.count > tail + middle,
            line.suffix(end.count).elementsEqual(end)
        else { return nil }
        let covered = line.dropLast(tail)
        guard line.suffix(tail).starts(with: hashKey),
            covered.suffix(middle).starts(with: previousKey), covered.last == UInt8(ascii: "\""),
            let hash = decode(line.suffix(digits + end.count).prefix(digits)),
            let previous = decode(covered.suffix(digits + 1).prefix(digits))
        else { return nil }
        return Claim(previous: previous, hash: hash, actual: digest(previous, covered))
    }

    /// One spelling only: lower case.
    private static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.allSatisfy({ $0 &- 0x30 < 10 || $0 &- 0x61 < 6 }) else { return nil }
        return try? Hex.decode(Array(text).span)
    }

    private static func digest(_ previous: [UInt8], _ body: ArraySlice<UInt8>) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: AuditPosition.hashBytes)
        var context = SHA256_CTX()
        copenssl_sha256_begin(&context)
        copenssl_sha256_add(&context, previous, previous.count)
        body.withUnsafeBytes { copenssl_sha256_add(&context, $0.baseAddress, $0.count) }
        copenssl_sha256_end(&context, &digest)
        return digest
    }
}
