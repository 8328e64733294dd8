internal import Bytes

/// What a proxy has to know of gRPC (the "gRPC over HTTP2" specification).
extension RequestHead {
    /// Whether the client speaks gRPC: it understands a status in trailers and nothing else.
    public func isGRPC(in bytes: UnsafeRawBufferPointer) -> Bool {
        guard version == .http2, let field = fields.first(.contentType) else { return false }
        return Self.isGRPC(contentType: field.valueRange.slice(of: bytes))
    }

    static func isGRPC(contentType value: UnsafeRawBufferPointer) -> Bool {
        let name: StaticString = "application/grpc"
        let count = name.utf8CodeUnitCount
        guard value.count >= count,
            UnsafeRawBufferPointer(rebasing: value[..<count]).equalsFolded(name)
        else { return false }
        // `application/grpc-web` is another protocol.
        return value.count == count || value[count] == UInt8(ascii: "+")
            || value[count] == UInt8(ascii: ";") || value[count] == ASCII.space
    }

    /// How long the client of a gRPC call waits for its end, in nanoseconds; nil when it does not
    /// say so in the one form that there is.
    public func grpcTimeoutNanoseconds(in bytes: UnsafeRawBufferPointer) -> UInt64? {
        guard case .one(let range) = fields.single(.grpcTimeout), range.count >= 2 else {
            return nil
        }
        let text = range.slice(of: bytes)
        guard let unit = Self.nanoseconds(unit: text[text.count &- 1]), text.count <= 9 else {
            return nil
        }
        var value: UInt64 = 0
        for digit in text.dropLast() {
            guard ASCII.isDigit(digit) else { return nil }
            value = value &* 10 &+ UInt64(digit &- 0x30)
        }
        // Eight digits of hours are below 2^64 nanoseconds only up to five million hours.
        let (product, isTooLong) = value.multipliedReportingOverflow(by: unit)
        return isTooLong ? nil : product
    }

    private static func nanoseconds(unit: UInt8) -> UInt64? {
        switch unit {
        case UInt8(ascii: "H"): 3_600_000_000_000
        case UInt8(ascii: "M"): 60_000_000_000
        case UInt8(ascii: "S"): 1_000_000_000
        case UInt8(ascii: "m"): 1_000_000
        case UInt8(ascii: "u"): 1_000
        case UInt8(ascii: "n"): 1
        default: nil
        }
    }
}
