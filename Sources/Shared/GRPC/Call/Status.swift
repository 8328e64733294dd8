public import HTTP
public import Protos
public import SwiftProtobuf

/// How a call ends when it does not end well: what its client is told.
public struct Status: Error, Equatable, Sendable {
    public var code: GRPCCode
    public var message: String
    /// An encoded google.rpc.Status, empty when there is no more to tell.
    public private(set) var details: [UInt8] = []

    public init(_ code: GRPCCode, _ message: String) {
        self.code = code
        self.message = message
    }

    /// With messages such as google.rpc.RetryInfo, which programs can read. One that cannot be
    /// encoded is left out.
    public init(_ code: GRPCCode, _ message: String, details: [any Message]) {
        self.init(code, message)
        var status = Google_Rpc_Status()
        status.code = Int32(code.rawValue)
        status.message = message
        status.details = details.compactMap { try? Google_Protobuf_Any(message: $0) }
        self.details = (try? status.serializedBytes()) ?? []
    }
}
