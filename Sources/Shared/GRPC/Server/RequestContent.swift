internal import Bytes

/// Takes a request's messages out of its content, in whatever form the client sends them.
struct RequestContent {
    private let dialect: Dialect
    private let codec: Codec
    private let bytesMax: Int
    /// A JSON object whose members go over those of the content.
    private let overlay: [UInt8]
    /// Whether the content has no meaning.
    private let ignoresContent: Bool
    private var reader: MessageReader
    /// JSON that is not complete, or base64 that makes no whole bytes.
    private var text: [UInt8] = []
    private var isRead = false

    init(
        _ dialect: Dialect, _ codec: Codec, bytesMax: Int, isCompressible: Bool,
        rule: RuleMatch? = nil
    ) {
        overlay = rule?.overlay ?? []
        ignoresContent = rule.map { !$0.rule.hasContent } ?? false
        self.dialect = dialect
        self.codec = codec
        self.bytesMax = bytesMax
        reader = MessageReader(bytesMax: bytesMax, isCompressible: isCompressible)
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) throws(Status) {
        switch dialect {
        case .grpc, .web: reader.append(bytes)
        case .webText:
            text.append(contentsOf: bytes)
            try decodeText()
        case .json, .events:
            guard text.count &+ bytes.count <= bytesMax else {
                throw Status(.resourceExhausted, "a request of more than \(bytesMax) bytes")
            }
            if !ignoresContent { text.append(contentsOf: bytes) }
        }
    }

    /// The next message. `isLast`: all content has come.
    mutating func next(isLast: Bool) throws(Status) -> [UInt8]? {
        guard dialect.isJSON else { return try reader.next() }
        guard isLast, !isRead else { return nil }
        isRead = true
        let request = try codec.request(text)
        // The encodings of two messages in a row are the one with the other merged into it.
        return overlay.isEmpty ? request : request + (try codec.request(overlay))
    }

    /// Whether the content may end here.
    var isWhole: Bool { dialect.isJSON || (reader.isBetweenMessages && text.isEmpty) }

    /// Decodes as many groups of four as there are; each padded one ends a text of its own.
    private mutating func decodeText() throws(Status) {
        let end = text.count &- text.count % 4
        var start = 0
        while start < end {
            let padding = text[start..<end].firstIndex(of: UInt8(ascii: "="))
            let stop = min(end, padding.map { start &+ ($0 &- start) / 4 &* 4 &+ 4 } ?? end)
            do throws(Base64.Corrupt) {
                let bytes = try Base64.standard.decode(Array(text[start..<stop]).span)
                bytes.withUnsafeBytes { reader.append($0) }
            } catch {
                throw Status(.invalidArgument, "the content is no base64")
            }
            start = stop
        }
        text.removeFirst(end)
    }
}
