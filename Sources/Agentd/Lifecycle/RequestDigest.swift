internal import Bytes
internal import COpenSSL
internal import GRPC
internal import Protos
internal import SwiftProtobuf

/// Tells whether two requests ask for the same execution: SHA-256 of all that they say but what a
/// client says anew each time it tries (the request's id, and its place in a trace). How
/// `params_json` is laid out, and in which order its members come, makes no difference.
struct RequestDigest: Equatable, Sendable {
    let bytes: [UInt8]

    init(_ request: Agentd_V1_ExecuteRequest) throws(Status) {
        var request = request
        request.requestID = ""
        request.metadata.traceID = ""
        request.metadata.spanID = ""
        request.metadata.idempotencyKey = ""
        if let parameters = try? JSONValue(Array(request.paramsJson.utf8)) {
            var writer = JSONWriter()
            parameters.write(to: &writer)
            request.paramsJson = String(decoding: writer.bytes, as: UTF8.self)
        }
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        guard let message: [UInt8] = try? request.serializedBytes(options: options) else {
            throw Status(.internal, "the request cannot be compared with others")
        }
        var digest = [UInt8](repeating: 0, count: 32)
        copenssl_sha256(message, message.count, &digest)
        bytes = digest
    }

    /// Whether a result that was kept is this request's. One that was kept without a digest, by a
    /// daemon that made none, is taken for anybody's.
    func fits(_ kept: [UInt8]?) -> Bool { kept == nil || kept == bytes }
}
