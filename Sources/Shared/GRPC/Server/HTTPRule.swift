public import HTTP

/// How a method is reached by HTTP with JSON, as `google.api.http` describes it: the request is the
/// content, with what path and query say put into its fields.
public struct HTTPRule: Sendable {
    /// How the text of a path segment or a query parameter becomes JSON.
    public enum Form: Sendable {
        case string
        /// A number or a boolean, as it stands.
        case literal
    }

    enum Piece: Sendable, Equatable {
        case literal(String)
        /// A segment, whose text is a field's value.
        case field(String)
    }

    public let method: HTTP.Method
    /// Such as `/api/v1/sandboxes/{sandbox_id}`.
    public let template: String
    /// The path of the gRPC method.
    public let target: String
    /// The one that clients get who accept `text/event-stream`.
    public let streamTarget: String?
    /// Query parameters that there may be: each a field of the request.
    public let query: [String: Form]
    let pieces: [Piece]

    /// The fields of the request that the path has.
    public var fields: [String] {
        pieces.compactMap { piece in
            if case .field(let name) = piece { return name }
            return nil
        }
    }

    /// Whether the content of the request counts: what has none has no meaning for it.
    var hasContent: Bool { method == .post || method == .put || method == .patch }

    public init(
        _ method: HTTP.Method, _ template: String, _ target: String, stream: String? = nil,
        query: [String: Form] = [:]
    ) {
        self.method = method
        self.template = template
        self.target = target
        streamTarget = stream
        self.query = query
        pieces = template.split(separator: "/").map { piece in
            piece.hasPrefix("{") && piece.hasSuffix("}")
                ? .field(String(piece.dropFirst().dropLast())) : .literal(String(piece))
        }
    }

    /// The fields that a path sets; nil when it is another path.
    func match(_ segments: [String]) -> [(name: String, value: String)]? {
        guard segments.count == pieces.count else { return nil }
        var fields: [(name: String, value: String)] = []
        for (piece, segment) in zip(pieces, segments) {
            switch piece {
            case .literal(let text): guard text == segment else { return nil }
            case .field(let name):
                guard !segment.isEmpty else { return nil }
                fields.append((name, segment))
            }
        }
        return fields
    }
}
