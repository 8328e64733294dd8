internal import Bytes

/// One block of PEM text (RFC 7468), read as leniently as Go's encoding/pem.
struct PEMBlock {
    let type: String
    let bytes: [UInt8]

    private static let begin = Array("-----BEGIN ".utf8)
    private static let end = Array("-----END ".utf8)
    private static let dashes = Array("-----".utf8)

    /// The first block of the text and what follows it; nil when there is none.
    static func first(in text: ArraySlice<UInt8>) -> (block: PEMBlock, rest: ArraySlice<UInt8>)? {
        var lines = Lines(text)
        while let line = lines.next() {
            guard let type = label(line, begin) else { continue }
            let start = lines
            if let found = body(&lines, type: type) { return found }
            lines = start
        }
        return nil
    }

    private static func body(
        _ lines: inout Lines, type: String
    ) -> (block: PEMBlock, rest: ArraySlice<UInt8>)? {
        var encoded: [UInt8] = []
        var isHeader = true
        while let line = lines.next() {
            if let closing = label(line, end) {
                guard closing == type, let bytes = try? Base64.standard.decode(encoded.span)
                else { return nil }
                return (PEMBlock(type: type, bytes: bytes), lines.rest)
            }
            // Headers such as "Proc-Type: …" may stand before the data.
            if isHeader, line.contains(UInt8(ascii: ":")) { continue }
            isHeader = false
            encoded += line
        }
        return nil
    }

    /// The label between the dashes of a boundary line.
    private static func label(_ line: ArraySlice<UInt8>, _ opening: [UInt8]) -> String? {
        guard line.starts(with: opening), line.suffix(5).elementsEqual(dashes),
            line.count >= opening.count + 5
        else { return nil }
        return String(decoding: line.dropFirst(opening.count).dropLast(5), as: UTF8.self)
    }

    /// Lines without their ends and without blanks at both ends.
    private struct Lines {
        private(set) var rest: ArraySlice<UInt8>

        init(_ text: ArraySlice<UInt8>) { rest = text }

        mutating func next() -> ArraySlice<UInt8>? {
            guard !rest.isEmpty else { return nil }
            let line = rest.prefix { $0 != ASCII.lineFeed }
            rest = rest.dropFirst(line.count + 1)
            let isBlank: (UInt8) -> Bool = { $0 == ASCII.space || $0 == 9 || $0 == 13 }
            var trimmed = line.drop(while: isBlank)
            while let last = trimmed.last, isBlank(last) { trimmed.removeLast() }
            return trimmed
        }
    }
}
