internal import Bytes

extension RequestHead {
    /// Whether the client takes gzip: `Accept-Encoding` names it, or `*` without naming it, and not
    /// with a weight of 0 (RFC 9110 §12.5.3). Without the field it is sent as it is.
    public func acceptsGzip(in bytes: UnsafeRawBufferPointer) -> Bool {
        var named: Bool?
        var any = false
        for index in 0..<fields.count where fields[index].name == .acceptEncoding {
            let value = fields[index].valueRange.slice(of: bytes)
            for member in value.split(separator: UInt8(ascii: ",")) {
                let parts = member.split(separator: UInt8(ascii: ";"))
                guard let coding = parts.first.map(Self.trimmed) else { continue }
                let isTaken = parts.dropFirst().allSatisfy { !Self.isZeroWeight($0) }
                if coding.equalsFolded("gzip") || coding.equalsFolded("x-gzip") {
                    named = isTaken
                } else if coding.elementsEqual("*".utf8) {
                    any = isTaken
                }
            }
        }
        return named ?? any
    }

    /// `q=0`, with up to three zeros behind a point.
    private static func isZeroWeight(_ parameter: Slice<UnsafeRawBufferPointer>) -> Bool {
        let text = trimmed(parameter)
        guard text.count >= 3, text[0] | 0x20 == UInt8(ascii: "q"), text[1] == UInt8(ascii: "=")
        else { return false }
        return text.dropFirst(2).allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
    }

    private static func trimmed(
        _ text: Slice<UnsafeRawBufferPointer>
    ) -> UnsafeRawBufferPointer {
        var rest = text
        while let first = rest.first, first == ASCII.space || first == ASCII.tab {
            rest = rest.dropFirst()
        }
        while let last = rest.last, last == ASCII.space || last == ASCII.tab {
            rest = rest.dropLast()
        }
        return UnsafeRawBufferPointer(rebasing: rest)
    }
}
