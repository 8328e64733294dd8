import HTTP

/// A proxy without sockets: one client's bytes in, what reaches the upstream out. It forwards
/// everything but the path prefix `/admin` and the host `forbidden.test`, as the vectors ask.
struct Relay {
    enum End: Equatable {
        case clean, incomplete
        case refused(Int)
    }

    struct Forwarded {
        var bytes: [UInt8]
        var method: String
        var host: String
        var content: [UInt8]
    }

    var forwarded: [Forwarded] = []
    var denied = 0
    var end = End.clean
    private let filter = FieldFilter(prefixes: ["x-sandbox-", "x-authz-"])

    /// `step`: how many bytes arrive at a time.
    static func run(_ input: [UInt8], step: Int = .max) -> Relay {
        var relay = Relay()
        var head = RequestHead()
        var paths = PathNormalizer()
        relay.run(input, step, &head, &paths)
        return relay
    }

    private mutating func run(
        _ input: [UInt8], _ step: Int, _ head: inout RequestHead, _ paths: inout PathNormalizer
    ) {
        var start = 0
        var arrived = min(step, input.count)
        while start < input.count {
            var scanned = 0
            var headLength: Int?
            do {
                while true {
                    headLength = try input.withUnsafeBytes {
                        try head.parse(
                            UnsafeRawBufferPointer(rebasing: $0[start..<arrived]), scanned: scanned)
                    }
                    if headLength != nil || arrived == input.count { break }
                    scanned = arrived - start
                    arrived = min(arrived + step, input.count)
                }
            } catch {
                return end = .refused((error as? HeadError)?.status ?? 500)
            }
            guard let headLength else { return end = .incomplete }
            let message = Array(input[start...])
            guard
                let length = relay(
                    message, headLength, arrived: arrived - start, step, head, &paths)
            else { return }
            start += length
            arrived = max(arrived, start)
        }
    }

    /// Handles the request at the start of `message`; returns its length, or nil at an end.
    private mutating func relay(
        _ message: [UInt8], _ headLength: Int, arrived: Int, _ step: Int,
        _ head: borrowing RequestHead, _ paths: inout PathNormalizer
    ) -> Int? {
        if head.method == .connect {
            end = .refused(501)
            return nil
        }
        do {
            var trailers = FieldTable(capacity: 100)
            let body = try Self.readBody(
                message, from: headLength, arrived: arrived, step, head.framing, &trailers)
            guard let body else {
                end = .incomplete
                return nil
            }
            try message.withUnsafeBytes {
                try forward($0, head, body, trailers, &paths)
            }
            return body.end
        } catch let error as BodyError {
            end = .refused(error.status)
        } catch {
            end = .refused(400)
        }
        return nil
    }

    private mutating func forward(
        _ bytes: UnsafeRawBufferPointer, _ head: borrowing RequestHead, _ body: Body,
        _ trailers: borrowing FieldTable, _ paths: inout PathNormalizer
    ) throws {
        let path = try paths.normalize(head.path.slice(of: bytes))
        let host = Self.host(head.authority, bytes)
        if path.matched.text.lowercased().hasPrefix("/admin") || host == "forbidden.test" {
            denied += 1
            return
        }
        let (result, text) = written { writer in
            writer.requestLine(of: head, in: bytes, path: path.forwarded)
            writer.field("Host", head.authority.range.slice(of: bytes))
            writer.copyFields(head.fields, of: bytes, except: filter)
            writer.requestFraming(head.framing, method: head.method)
            writer.endHead()
            if head.framing == .chunked {
                Self.writeChunks(body, trailers, bytes, &writer)
            } else {
                body.content.withUnsafeBytes { writer.content($0) }
            }
        }
        guard case .written = result else { throw BodyError.truncated }
        forwarded.append(
            Forwarded(
                bytes: text.latin1, method: head.methodRange.slice(of: bytes).text, host: host,
                content: body.content))
    }

    private static func writeChunks(
        _ body: Body, _ trailers: borrowing FieldTable, _ bytes: UnsafeRawBufferPointer,
        _ writer: inout HeadWriter
    ) {
        for range in body.ranges {
            withUnsafeTemporaryAllocation(
                byteCount: ChunkedEncoding.headerBytesMax, alignment: 1
            ) { header in
                let count = ChunkedEncoding.writeHeader(of: range.count, to: header)
                writer.content(UnsafeRawBufferPointer(rebasing: header[0..<count]))
            }
            writer.content(range.slice(of: bytes))
            writer.content(Array("\r\n".utf8))
        }
        let filter = FieldFilter(names: .forbiddenInTrailers, prefixes: ["x-sandbox-"])
        writer.content(Array("0\r\n".utf8))
        writer.copyFields(trailers, of: bytes, except: filter)
        writer.endHead()
    }

    struct Body {
        var content: [UInt8] = []
        var ranges: [ByteRange] = []
        var end = 0
    }

    /// Nil when the body does not end.
    static func readBody(
        _ message: [UInt8], from start: Int, arrived: Int, _ step: Int, _ framing: BodyFraming,
        _ trailers: inout FieldTable
    ) throws -> Body? {
        var decoder = try BodyDecoder(framing)
        var body = Body(end: start)
        var visible = min(max(arrived, start), message.count)
        while true {
            let event = try message.withUnsafeBytes {
                try decoder.next(
                    UnsafeRawBufferPointer(rebasing: $0[0..<visible]), at: &body.end)
            }
            switch event {
            case .content(let range):
                body.ranges.append(range)
                body.content += message[range.start..<range.end]
            case .trailers(let section):
                try message.withUnsafeBytes { try trailers.parseTrailers($0, in: section) }
            case .needMore:
                guard visible < message.count else { return nil }
                visible = step < message.count - visible ? visible + step : message.count
            case .end: return body
            }
        }
    }

    private static func host(_ authority: Authority, _ bytes: UnsafeRawBufferPointer) -> String {
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { memory in
            let count = authority.writeNormalizedHost(of: bytes, to: memory) ?? 0
            return UnsafeRawBufferPointer(memory).prefix(count).map { $0 }.text
        }
    }
}

extension HeadWriter {
    mutating func content(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { content($0) }
    }
}
