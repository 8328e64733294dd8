internal import HTTP

/// A `google.rpc.Status` with one `google.rpc.RetryInfo`, in protobuf's encoding: what
/// `grpc-status-details-bin` says about a limit.
struct RetryDetails {
    private(set) var bytes: [UInt8] = []

    init(status: GRPCCode, message: String, seconds: UInt64) {
        // google.protobuf.Duration { seconds = 1 }
        var duration: [UInt8] = []
        Self.append(field: 1, number: seconds, to: &duration)
        // google.rpc.RetryInfo { retry_delay = 1 }
        var info: [UInt8] = []
        Self.append(field: 1, bytes: duration, to: &info)
        // google.protobuf.Any { type_url = 1, value = 2 }
        var any: [UInt8] = []
        Self.append(field: 1, bytes: Array(Self.type.utf8), to: &any)
        Self.append(field: 2, bytes: info, to: &any)
        // google.rpc.Status { code = 1, message = 2, details = 3 }
        Self.append(field: 1, number: UInt64(status.rawValue), to: &bytes)
        Self.append(field: 2, bytes: Array(message.utf8), to: &bytes)
        Self.append(field: 3, bytes: any, to: &bytes)
    }

    private static let type = "type.googleapis.com/google.rpc.RetryInfo"

    private static func append(field: UInt64, number: UInt64, to bytes: inout [UInt8]) {
        append(varint: field << 3, to: &bytes)
        append(varint: number, to: &bytes)
    }

    private static func append(field: UInt64, bytes value: [UInt8], to bytes: inout [UInt8]) {
        append(varint: field << 3 | 2, to: &bytes)
        append(varint: UInt64(value.count), to: &bytes)
        bytes += value
    }

    private static func append(varint value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
