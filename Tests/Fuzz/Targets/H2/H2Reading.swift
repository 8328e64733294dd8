internal import HTTP

/// A connection of ours that is fed a peer's bytes, and what it found in them.
final class H2Reading {
    /// What came, one text for each thing; content that follows content of its stream is joined.
    private(set) var events: [String] = []
    private(set) var finding: Finding?

    let connection: H2Connection
    private let role: H2Connection.Role
    private var request = RequestHead()
    private var response = ResponseHead()
    private var fields = FieldTable(capacity: 256)
    private var content: [UInt8] = []
    private var contentStream: Int32 = 0

    private static let answer = Array("HTTP/1.1 200 OK\r\nserver: x\r\n\r\n".utf8)

    init(_ role: H2Connection.Role, _ space: H2Workspace) {
        self.role = role
        connection = H2Connection(
            role: role, limits: role == .server ? H2Limits() : .upstream, space: space)
    }

    var isOver: Bool { connection.state == .over }

    /// Feeds the bytes as a worker does.
    func feed(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let used = connection.receive(rest, now: 1)
                while let event = connection.next() { take(event, rest) }
                rest = UnsafeRawBufferPointer(rebasing: rest[used...])
            }
        }
    }

    /// What is to be said of the content that came last.
    func finish() {
        guard !content.isEmpty else { return }
        events.append("content \(contentStream) \(content)")
        content.removeAll()
    }

    /// Writes what there is to write. What has come by then stays known.
    func output() -> [UInt8] {
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: H2Connection.outputBytesMin, alignment: 8)
        defer { memory.deallocate() }
        var output: [UInt8] = []
        while case let count = connection.write(to: memory), count > 0 {
            output += memory[..<count]
        }
        return output
    }

    // MARK: events

    private func take(_ event: H2Event, _ bytes: UnsafeRawBufferPointer) {
        if case .content(let stream, _, let range) = event {
            if stream != contentStream { finish() }
            contentStream = stream
            content += range.slice(of: bytes)
            return connection.consume(stream, range.count)
        }
        finish()
        switch event {
        case .head(let stream, _, let range, let ends): take(head: range, of: stream, ends)
        case .trailers(let stream, _, let range):
            let text = range.slice(of: connection.text)
            events.append("trailers \(stream) \(Array(text).text)")
            check(trailers: text)
        case .end(let stream, _): events.append("end \(stream)")
        case .oversizedHead(let stream, let reason, _):
            events.append("oversized \(stream) \(reason)")
        case .settings: events.append("settings")
        case .goAway(let stream, let code): events.append("goaway \(stream) \(code.rawValue)")
        // When these come depends on when frames are written.
        case .content, .closed, .drained: break
        }
    }

    private func take(head range: ByteRange, of stream: Int32, _ ends: Bool) {
        let text = range.slice(of: connection.text)
        // The key that a WebSocket's opening is given is a new one each time.
        let lines = Array(text).text.split(separator: "\\r\\n")
        let known = lines.filter { !$0.hasPrefix("sec-websocket-key: ") }
        events.append("head \(stream) \(known) \(ends)")
        if role == .server {
            check(request: text)
            guard connection.bind(stream, user: UInt32(bitPattern: stream)) else { return }
            let ends = stream & 2 == 0
            Self.answer.withUnsafeBytes { _ = connection.respond(stream, $0, ends: ends) }
        } else {
            check(response: text)
        }
    }

    // MARK: heads are one message each

    private func check(request text: UnsafeRawBufferPointer) {
        expectWhole(text) { () throws(HeadError) in try request.parse(text) }
    }

    private func check(response text: UnsafeRawBufferPointer) {
        let asked = ResponseHead.Request(method: .get, upgrade: true)
        expectWhole(text) { () throws(HeadError) in
            try response.parse(text, answering: asked)
        }
    }

    /// A parser behind may refuse a head, but never find its end elsewhere.
    private func expectWhole(
        _ text: UnsafeRawBufferPointer, _ parse: () throws(HeadError) -> Int?
    ) {
        do throws(HeadError) {
            let end = try parse()
            if end != text.count { note("ends at \(end ?? -1)", text) }
        } catch {
            events.append("refused \(error.reason)")
        }
    }

    private func check(trailers text: UnsafeRawBufferPointer) {
        do throws(HeadError) {
            try fields.parseTrailers(text, in: ByteRange(offset: 0, length: text.count))
            if fields.endOffset != text.count - 2 { note("ends at \(fields.endOffset)", text) }
        } catch {
            note("refused: \(error.reason)", text)
        }
    }

    private func note(_ what: String, _ text: UnsafeRawBufferPointer) {
        finding = finding ?? Finding("\(what): \(Array(text).text)")
    }
}
