internal import Bytes

/// Brings paths to one spelling, or refuses them: what policy is asked about and what is forwarded
/// must be one thing for every reader behind us. Memory that a worker uses again for every request.
public struct PathNormalizer: ~Copyable {
    private let pathBytesMax: Int
    private let forwarded: UnsafeMutableRawBufferPointer
    private let matched: UnsafeMutableRawBufferPointer

    /// Memory for paths of up to `pathBytesMax` bytes.
    public init(pathBytesMax: Int = HeadLimits().targetBytesMax) {
        self.pathBytesMax = pathBytesMax
        // Encoding makes three bytes of one at most.
        forwarded = .allocate(byteCount: 3 * pathBytesMax + 1, alignment: 8)
        matched = .allocate(byteCount: 3 * pathBytesMax + 1, alignment: 8)
    }

    deinit {
        forwarded.deallocate()
        matched.deallocate()
    }

    /// The normal form of `path`, which has no query. An empty path, as absolute targets may have,
    /// is `/`; `*` stays `*`. A path that is normal already is not copied.
    public mutating func normalize(
        _ path: UnsafeRawBufferPointer, rules: PathRules = PathRules()
    ) throws(PathError) -> NormalizedPath {
        guard path.count <= pathBytesMax else { throw .tooLong }
        if Self.isNormal(path) { return NormalizedPath(forwarded: path, matched: path) }
        var output = PathWriter(forwarded: forwarded, matched: matched)
        guard let first = path.first else { return output.finish() }
        guard first == UInt8(ascii: "/") else { throw .notAbsolute }
        var start = 1
        while start <= path.count {
            var end = start
            while end < path.count, path[end] != UInt8(ascii: "/") { end &+= 1 }
            try writeSegment(path, from: start, to: end, rules, &output)
            start = end &+ 1
        }
        return output.finish()
    }

    /// Whether the path can be used as it is: no encoding, no parameter, no empty or dot segment,
    /// and no dot at either end of a segment, which is where the slower path has to look.
    private static func isNormal(_ path: UnsafeRawBufferPointer) -> Bool {
        guard let input = Input(path) else { return false }
        if input.count == 1, input[0] == UInt8(ascii: "*") { return true }
        guard input[0] == UInt8(ascii: "/") else { return false }
        let classes = ByteClass.shared.table
        var index = 1
        while true {
            let start = index
            index = input.end(of: ByteClass.plainPath, from: start, in: classes)
            guard index < input.count else { return true }
            let byte = input[index]
            guard byte == UInt8(ascii: "/") || byte == UInt8(ascii: "."), index > start else {
                return false
            }
            index &+= 1
            if byte == UInt8(ascii: "."), index == input.count { return false }
        }
    }

    private func writeSegment(
        _ path: UnsafeRawBufferPointer, from start: Int, to end: Int, _ rules: PathRules,
        _ output: inout PathWriter
    ) throws(PathError) {
        let isLast = end == path.count
        var index = start
        output.beginSegment()
        while index < end {
            index = try writeByte(path, at: index, end: end, rules, &output)
        }
        // The digits behind an encoded `%` may have been encoded themselves.
        if output.hasEncodedPercent(before: Self.isTripletPart) { throw .encodedTwice(at: start) }
        if rules.allowsEncodedSlash, output.hasDotSegmentInside {
            throw .delimiterEncoded(at: start)
        }
        guard output.endSegment(isLast: isLast) else { throw .parameterOnDotSegment(at: start) }
    }

    /// Writes what the byte or triplet at `index` becomes; returns where the next one is.
    private func writeByte(
        _ path: UnsafeRawBufferPointer, at index: Int, end: Int, _ rules: PathRules,
        _ output: inout PathWriter
    ) throws(PathError) -> Int {
        let byte = path[index]
        if byte == UInt8(ascii: "%") {
            return try writeTriplet(path, at: index, end: end, rules, &output)
        }
        guard ByteClass.shared.has(byte, ByteClass.target), byte != UInt8(ascii: "\\") else {
            throw .forbiddenByte(at: index)
        }
        let plain = ByteClass.unreserved | ByteClass.subDelimiter
        if ByteClass.shared.has(byte, plain) || byte == UInt8(ascii: ":")
            || byte == UInt8(ascii: "@")
        {
            output.append(byte)
        } else {
            output.appendEncoded(byte)
        }
        return index &+ 1
    }

    private func writeTriplet(
        _ path: UnsafeRawBufferPointer, at index: Int, end: Int, _ rules: PathRules,
        _ output: inout PathWriter
    ) throws(PathError) -> Int {
        guard let byte = PercentEncoding.decode(path, at: index), index &+ 3 <= end else {
            throw .percentMalformed(at: index)
        }
        switch byte {
        case 0..<0x20, 0x7F, UInt8(ascii: "\\"): throw .delimiterEncoded(at: index)
        case UInt8(ascii: "/"):
            guard rules.allowsEncodedSlash else { throw .delimiterEncoded(at: index) }
            output.appendEncoded(byte)
        case UInt8(ascii: "%"):
            guard !Self.isTripletPart(path, at: index &+ 3) else { throw .encodedTwice(at: index) }
            output.appendEncoded(byte)
        case 0x80...0xFF:
            guard let next = PathText.scalarEnd(path, at: index) else {
                throw .textMalformed(at: index)
            }
            var octet = index
            while octet < next {
                output.appendEncoded(PercentEncoding.decode(path, at: octet) ?? byte)
                octet &+= 3
            }
            return next
        default:
            if ByteClass.shared.has(byte, ByteClass.unreserved) {
                output.append(byte)
            } else {
                output.appendEncoded(byte)
            }
        }
        return index &+ 3
    }

    /// Whether the two digits at `index` would, behind a `%`, encode a delimiter, a control or
    /// what needs no encoding: then the sender hides it from the first reader.
    private static func isTripletPart(_ path: UnsafeRawBufferPointer, at index: Int) -> Bool {
        guard index &+ 1 < path.count, let high = PercentEncoding.digit(path[index]),
            let low = PercentEncoding.digit(path[index &+ 1])
        else { return false }
        let byte = high &<< 4 | low
        switch byte {
        case 0...0x20, 0x7F, UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "%"),
            UInt8(ascii: ";"), UInt8(ascii: "?"), UInt8(ascii: "#"):
            return true
        default: return ByteClass.shared.has(byte, ByteClass.unreserved)
        }
    }
}
