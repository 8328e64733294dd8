internal import Bytes
internal import HTTP

/// What a client speaks, by its `Content-Type`.
enum Dialect: Equatable {
    case grpc
    /// gRPC-Web: trailers are a message, for clients that cannot read them otherwise.
    case web
    /// gRPC-Web in base64.
    case webText
    /// Requests and responses as JSON; a stream of messages is an array.
    case json
    /// The same, with a stream of messages as server-sent events.
    case events

    init?(_ head: borrowing RequestHead, _ bytes: UnsafeRawBufferPointer) {
        guard let field = head.fields.first(.contentType) else { return nil }
        let text = String(decoding: field.valueRange.slice(of: bytes), as: UTF8.self)
        let type = text.split(separator: ";").first?.lowercased() ?? ""
        switch type.trimmingSpaces() {
        case "application/grpc", "application/grpc+proto": self = .grpc
        case "application/grpc-web", "application/grpc-web+proto": self = .web
        case "application/grpc-web-text", "application/grpc-web-text+proto": self = .webText
        case "application/json":
            let accept = head.fields.first(.accept)?.valueRange.slice(of: bytes)
            let wantsEvents = accept.map {
                String(decoding: $0, as: UTF8.self).contains("text/event-stream")
            }
            self = wantsEvents == true ? .events : .json
        default: return nil
        }
    }

    var isJSON: Bool { self == .json || self == .events }

    var contentType: StaticString {
        switch self {
        case .grpc: "Content-Type: application/grpc\r\n"
        case .web: "Content-Type: application/grpc-web+proto\r\n"
        case .webText: "Content-Type: application/grpc-web-text+proto\r\n"
        case .json: "Content-Type: application/json\r\n"
        case .events: "Content-Type: text/event-stream\r\nCache-Control: no-cache\r\n"
        }
    }
}

extension StringProtocol {
    fileprivate func trimmingSpaces() -> String {
        var rest = self[...]
        while rest.last == " " { rest = rest.dropLast() }
        while rest.first == " " { rest = rest.dropFirst() }
        return String(rest)
    }
}
