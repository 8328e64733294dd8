internal import Config
internal import HTTP
internal import Transport

/// Tells browsers which pages of other origins may call, and what they may see of the answers
/// (WHATWG Fetch, CORS). It opens nothing to anybody else: whoever is no browser asks as before.
struct CrossOrigin: Sendable {
    private let origins: [[UInt8]]
    private let preflight: [UInt8]

    private static let exposed =
        "Access-Control-Expose-Headers: grpc-status, grpc-message, grpc-status-details-bin, "
        + "x-request-id, retry-after, ratelimit, ratelimit-policy, x-rate-limit-remaining\r\n"
    private static let allowed =
        "Access-Control-Allow-Methods: GET, HEAD, POST, PUT, PATCH, DELETE\r\n"
        + "Access-Control-Allow-Headers: authorization, x-api-key, content-type, accept, "
        + "x-grpc-web, x-user-agent, grpc-timeout, idempotency-key, traceparent, tracestate\r\n"

    init(_ configuration: CrossOriginConfiguration) {
        origins = configuration.origins.map { Array($0.utf8) }
        let age = "Access-Control-Max-Age: \(configuration.maxAge.components.seconds)\r\n"
        preflight = Array((Self.allowed + age).utf8)
    }

    /// Which of the origins the request says it is from; nil for none of them.
    func origin(
        of head: borrowing RequestHead, _ request: IncomingRequest
    ) -> Int? {
        guard case .one(let range) = head.fields.single(.origin) else { return nil }
        let value = range.slice(of: request.bytes)
        return origins.firstIndex { $0.elementsEqual(value) }
    }

    /// Whether a browser asks on its own whether it may ask.
    static func isPreflight(_ head: borrowing RequestHead) -> Bool {
        head.method == .options && head.fields.present.contains(.accessControlRequestMethod)
    }

    /// Makes `reply` the answer to a preflight of a page that may call.
    func answerPreflight(_ reply: Reply) {
        reply.status = 204
        preflight.withUnsafeBufferPointer { reply.lines.append($0) }
    }

    /// Adds what every response says; without an origin that is only what caches are to know.
    func appendLines(for origin: Int?, to reply: Reply) {
        reply.lines.append("Vary: Origin\r\n")
        guard let origin else { return }
        reply.lines.append("Access-Control-Allow-Origin: ")
        origins[origin].withUnsafeBufferPointer { reply.lines.append($0) }
        reply.lines.append("\r\n")
        reply.lines.append(text: Self.exposed)
    }
}
