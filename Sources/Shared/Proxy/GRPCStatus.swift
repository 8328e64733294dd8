/// The statuses of gRPC that refusals become.
enum GRPCStatus: UInt8 {
    case invalidArgument = 3
    case deadlineExceeded = 4
    case permissionDenied = 7
    case resourceExhausted = 8
    /// gRPC's word for what nobody serves.
    case notServed = 12
    case `internal` = 13
    case unavailable = 14
    case unauthenticated = 16
}
