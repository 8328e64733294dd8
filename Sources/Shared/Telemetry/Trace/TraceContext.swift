public import Bytes

/// A `traceparent` (W3C Trace Context, level 1): which trace a request belongs to, and the span
/// that it comes from.
public struct TraceContext: Equatable, Sendable {
    /// The length of its text.
    public static let byteCount = 55

    /// Where the trace id stands in it.
    public static let traceIDRange = 3..<35

    private let traceHigh: UInt64
    private let traceLow: UInt64
    private let span: UInt64
    private let flags: UInt8

    /// A new trace.
    public init(isSampled: Bool, random: inout RandomSource) {
        traceHigh = random.next()
        traceLow = random.next() | 1  // an id of zeros is invalid
        span = random.next() | 1
        flags = isSampled ? 1 : 0
    }

    /// Reads a header value; nil when it is not valid, in which case a new trace starts.
    ///
    /// A version above 00 may have more after the flags and a dash; ff is forbidden.
    public init?(parsing value: Span<UInt8>) {
        let context = value.withUnsafeBufferPointer { TraceContext(reading: $0) }
        guard let context else { return nil }
        self = context
    }

    private init?(reading value: UnsafeBufferPointer<UInt8>) {
        guard value.count >= TraceContext.byteCount, isDash(value, 2), isDash(value, 35),
            isDash(value, 52), let version = number(value, at: 0, digits: 2), version != 0xFF
        else { return nil }
        if value.count > TraceContext.byteCount {
            guard version > 0, isDash(value, TraceContext.byteCount) else { return nil }
        }
        guard let traceHigh = number(value, at: 3, digits: 16),
            let traceLow = number(value, at: 19, digits: 16), traceHigh | traceLow != 0,
            let span = number(value, at: 36, digits: 16), span != 0,
            let flags = number(value, at: 53, digits: 2)
        else { return nil }
        self.init(
            traceHigh: traceHigh, traceLow: traceLow, span: span,
            flags: UInt8(truncatingIfNeeded: flags))
    }

    private init(traceHigh: UInt64, traceLow: UInt64, span: UInt64, flags: UInt8) {
        self.traceHigh = traceHigh
        self.traceLow = traceLow
        self.span = span
        self.flags = flags & 1  // version 00 knows one flag; others must not be passed on
    }

    public var isSampled: Bool { flags & 1 != 0 }

    /// The same trace with a span of our own: what goes upstream.
    public func child(random: inout RandomSource) -> TraceContext {
        TraceContext(
            traceHigh: traceHigh, traceLow: traceLow, span: random.next() | 1, flags: flags)
    }

    /// Appends the header's 55 characters.
    public func append(to line: inout LineBuilder) {
        guard let place = line.claim(TraceContext.byteCount) else { return }
        let text = UnsafeMutableRawPointer(place)
        place[0] = UInt8(ascii: "0")
        place[1] = UInt8(ascii: "0")
        place[2] = UInt8(ascii: "-")
        store(traceHigh, at: 3, in: text)
        store(traceLow, at: 19, in: text)
        place[35] = UInt8(ascii: "-")
        store(span, at: 36, in: text)
        place[52] = UInt8(ascii: "-")
        place[53] = UInt8(ascii: "0")
        place[54] = UInt8(ascii: "0") | flags
    }

    /// Sixteen digits.
    private func store(_ id: UInt64, at offset: Int, in text: UnsafeMutableRawPointer) {
        let high = LineBuilder.hexDigits(UInt32(truncatingIfNeeded: id &>> 32))
        let low = LineBuilder.hexDigits(UInt32(truncatingIfNeeded: id))
        text.storeBytes(of: high.littleEndian, toByteOffset: offset, as: UInt64.self)
        text.storeBytes(of: low.littleEndian, toByteOffset: offset &+ 8, as: UInt64.self)
    }
}

private func isDash(_ value: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
    value[index] == UInt8(ascii: "-")
}

/// Lower-case hexadecimal digits only, as the specification wants.
private func number(
    _ value: UnsafeBufferPointer<UInt8>, at start: Int, digits: Int
) -> UInt64? {
    var result: UInt64 = 0
    for index in start..<(start &+ digits) {
        let byte = value[index]
        let digit: UInt8
        if ASCII.isDigit(byte) {
            digit = byte &- 0x30
        } else if byte &- 0x61 < 6 {
            digit = byte &- 0x57
        } else {
            return nil
        }
        result = result &<< 4 | UInt64(digit)
    }
    return result
}
