internal import Bytes
internal import Glibc
internal import HTTP

/// Answers one request by its path.
struct DemoAnswer {
    let request: DemoRequest
    let stream: DemoStream

    private static let usage = """
        /get, /post and any other path: the request as JSON, credentials as digests
        /sse?count=N&interval_ms=M: N events, one every M milliseconds
        /bytes/N: N bytes
        /status/N: an answer with that status
        /delay/N: the request as JSON after N seconds

        """
    private static let bytesMax = 1 << 40
    private static let secondsMax = 60

    /// False when the peer is gone.
    func send() -> Bool {
        if request.path == "/" { return answer(200, "text/plain", Array(Self.usage.utf8)) }
        if request.path == "/sse" { return sendEvents() }
        if let count = request.number(behind: "/bytes/", most: Self.bytesMax) {
            return sendBytes(count)
        }
        if let status = request.number(behind: "/status/", most: 599) {
            return answer(max(200, status), "text/plain", [])
        }
        if let seconds = request.number(behind: "/delay/", most: Self.secondsMax) {
            sleep(UInt32(seconds))
        }
        return answer(200, "application/json", DemoEcho.json(request))
    }

    private var isHead: Bool { request.method == "HEAD" }

    private func answer(_ status: Int, _ type: String, _ content: [UInt8]) -> Bool {
        let isEmpty = status == 204 || status == 304
        let length = isEmpty ? "" : "Content-Length: \(content.count)\r\n"
        let head = Self.head(status, "Content-Type: \(type)\r\n" + length)
        return stream.write(isHead || isEmpty ? head : head + content)
    }

    private static func head(_ status: Int, _ lines: String) -> [UInt8] {
        Array("HTTP/1.1 \(status) \(StatusPhrase.of(status))\r\n\(lines)\r\n".utf8)
    }

    private func sendBytes(_ count: Int) -> Bool {
        let lines = "Content-Type: application/octet-stream\r\nContent-Length: \(count)\r\n"
        guard stream.write(Self.head(200, lines)), !isHead else { return isHead }
        let piece = [UInt8](repeating: UInt8(ascii: "."), count: 64 << 10)
        var rest = count
        while rest > 0 {
            guard stream.write(rest >= piece.count ? piece : Array(piece[..<rest])) else {
                return false
            }
            rest -= piece.count
        }
        return true
    }

    /// Each event is a chunk of its own, written when it happens.
    private func sendEvents() -> Bool {
        let count = request.parameter("count", default: 10, most: 1_000_000)
        let interval = request.parameter("interval_ms", default: 100, most: 60_000)
        // An HTTP/1.0 client knows no chunks: it gets what ends with the connection.
        guard !request.isOld else { return answer(200, "text/event-stream", []) }
        let lines = "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"
        guard stream.write(Self.head(200, lines)), !isHead else { return isHead }
        for number in 0..<count {
            if number > 0 { usleep(UInt32(interval) * 1000) }
            let event = "id: \(number)\ndata: \(Self.nowMicroseconds)\n\n"
            let size = String(event.utf8.count, radix: 16)
            guard stream.write(Array("\(size)\r\n\(event)\r\n".utf8)) else { return false }
        }
        return stream.write(Array("0\r\n\r\n".utf8))
    }

    /// By the clock that all processes of the machine share, so that a client can tell how long an
    /// event was under way.
    private static var nowMicroseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
