internal import HTTP
internal import IO

/// Reads the requests of one connection, one after the other, and has them answered.
struct DemoConnection: ~Copyable {
    private let stream: DemoStream
    private let peer: SocketAddress
    private var head = RequestHead()
    private var unread: [UInt8] = []

    /// Content that is shown again; more is counted only.
    private static let shownBytesMax = 1 << 20

    init(_ stream: DemoStream, peer: SocketAddress) {
        self.stream = stream
        self.peer = peer
    }

    mutating func serve() {
        while let request = next() {
            let isSent = DemoAnswer(request: request, stream: stream).send()
            guard isSent, request.keepsOpen else { return }
        }
    }

    /// The next request with its content; nil when there is none, or none that can be understood.
    private mutating func next() -> DemoRequest? {
        var headCount: Int?
        do {
            while headCount == nil {
                let bytes = unread
                headCount = try bytes.withUnsafeBytes { try head.parse($0) }
                if headCount == nil, !readMore() { return nil }
            }
        } catch {
            _ = stream.write(Array("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".utf8))
            return nil
        }
        guard let headCount else { return nil }
        let bytes = unread
        var request = bytes.withUnsafeBytes { DemoRequest(head, in: $0, peer: peer) }
        unread.removeFirst(headCount)
        if head.expectsContinue {
            guard stream.write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) else { return nil }
        }
        return readContent(of: &request) ? request : nil
    }

    private mutating func readContent(of request: inout DemoRequest) -> Bool {
        do {
            var decoder = try BodyDecoder(head.framing)
            while !decoder.isAtEnd {
                let taken = try unread.withUnsafeBytes { try Self.take($0, &decoder, &request) }
                unread.removeFirst(taken)
                if !decoder.isAtEnd, !readMore() { return false }
            }
            return true
        } catch {
            return false
        }
    }

    private static func take(
        _ bytes: UnsafeRawBufferPointer, _ decoder: inout BodyDecoder,
        _ request: inout DemoRequest
    ) throws(BodyError) -> Int {
        var position = 0
        while true {
            switch try decoder.next(bytes, at: &position) {
            case .content(let range):
                let piece = range.slice(of: bytes)
                request.contentCount += piece.count
                let room = shownBytesMax - request.content.count
                request.content.append(contentsOf: piece.prefix(room))
            case .trailers: continue
            case .needMore, .end: return position
            }
        }
    }

    private mutating func readMore() -> Bool {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        guard let count = stream.read(into: &piece) else { return false }
        unread.append(contentsOf: piece[..<count])
        return true
    }
}
