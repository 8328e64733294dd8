internal import Protos
public import SwiftProtobuf

/// How a method's messages become JSON and the other way round (the JSON mapping of proto3).
struct Codec: Sendable {
    /// The encoding of the request that JSON describes.
    let request: @Sendable ([UInt8]) throws(Status) -> [UInt8]
    /// A response, encoded, as JSON.
    let response: @Sendable ([UInt8]) throws(Status) -> [UInt8]

    init<Input: Message, Output: Message>(_: Input.Type, _: Output.Type) {
        request = { bytes throws(Status) in
            try Self.encode(try Self.parse(bytes, as: Input.self))
        }
        response = { bytes throws(Status) in
            if let json = MessagePrinter.print(bytes, type: Output.protoMessageName) {
                return json
            }
            return try Self.json(try Self.decode(bytes, as: Output.self))
        }
    }

    /// Nesting of a request's JSON; deeper is refused.
    private static let depthMax = 64

    static func decode<M: Message>(_ bytes: [UInt8], as: M.Type) throws(Status) -> M {
        do {
            return try M(serializedBytes: bytes)
        } catch {
            throw Status(.invalidArgument, "the request is no \(M.protoMessageName)")
        }
    }

    static func encode(_ message: some Message) throws(Status) -> [UInt8] {
        do {
            return try message.serializedBytes()
        } catch {
            throw Status(.internal, "the response cannot be encoded")
        }
    }

    /// An empty text is an empty message.
    static func parse<M: Message>(_ json: [UInt8], as: M.Type) throws(Status) -> M {
        guard !json.isEmpty else { return M() }
        var options = JSONDecodingOptions()
        options.messageDepthLimit = depthMax
        do {
            return try M(jsonUTF8Bytes: json, options: options)
        } catch {
            let reason = MessageComplaint.describe(json, type: M.protoMessageName) ?? "\(error)"
            throw Status(
                .invalidArgument, "the request is no JSON form of \(M.protoMessageName): \(reason)")
        }
    }

    /// The canonical mapping, which is special for google.protobuf's own messages.
    static func json(_ message: some Message) throws(Status) -> [UInt8] {
        var options = JSONEncodingOptions()
        options.preserveProtoFieldNames = true
        options.alwaysPrintInt64sAsNumbers = false
        options.useDeterministicOrdering = true
        do {
            return try message.jsonUTF8Bytes(options: options)
        } catch {
            throw Status(.internal, "the response has no JSON form")
        }
    }
}
