import HTTP
import Testing

/// Frames that a client must not send, and that nghttp2 takes without a word.
struct H2StrayFrameTests {
    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    /// `GET /` over `http` from `a`, without a dynamic table.
    private static let head: [UInt8] = [0x82, 0x86, 0x84, 0x01, 1, 0x61]

    private enum Kind: UInt8 { case data, headers, priority, reset, settings }

    private static func frame(
        _ kind: Kind, flags: UInt8 = 0, _ stream: UInt8, _ content: [UInt8] = []
    ) -> [UInt8] {
        [0, 0, UInt8(content.count), kind.rawValue, flags, 0, 0, 0, stream] + content
    }

    private static let request = frame(.headers, flags: 5, 1, head)
    private static let openRequest = frame(.headers, flags: 4, 1, head)
    private static let reset = frame(.reset, 1, [0, 0, 0, 8])

    enum End: Equatable {
        /// The last frame that the server wrote, with its code.
        case streamReset(UInt8), connectionEnded(UInt8), open
    }

    /// What the server makes of the frames when they come in pieces of `size` bytes.
    private func end(of frames: [[UInt8]], inPiecesOf size: Int) -> End {
        let server = H2Connection(role: .server, limits: H2Limits(), space: H2Workspace())
        let bytes = Self.preface + Self.frame(.settings, 0) + frames.flatMap { $0 }
        var written: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            let piece = Array(bytes[start..<min(start + size, bytes.count)])
            piece.withUnsafeBytes { bytes in
                var rest = bytes
                while !rest.isEmpty {
                    let used = server.receive(rest, now: 0)
                    rest = UnsafeRawBufferPointer(rebasing: rest[used...])
                }
            }
            var output = [UInt8](repeating: 0, count: 1 << 18)
            let count = output.withUnsafeMutableBytes { server.write(to: $0) }
            written += output[..<count]
        }
        return Self.judge(written)
    }

    private static func judge(_ bytes: [UInt8]) -> End {
        var end = End.open
        var place = 0
        while place + 9 <= bytes.count {
            let size = Int(bytes[place + 1]) << 8 | Int(bytes[place + 2])
            if bytes[place + 3] == 3 { end = .streamReset(bytes[place + 12]) }
            if bytes[place + 3] == 7 { return .connectionEnded(bytes[place + 16]) }
            place += 9 + size
        }
        return end
    }

    @Test(arguments: [
        ([openRequest, reset, frame(.data, flags: 1, 1, [1])], End.streamReset(5)),
        ([openRequest, reset, openRequest], .connectionEnded(5)),
        ([frame(.headers, flags: 5, 5, head), request], .connectionEnded(5)),
        ([request, frame(.data, flags: 1, 1, [1])], .connectionEnded(5)),
        ([frame(.priority, 0, [0, 0, 0, 1, 0])], .connectionEnded(1)),
        ([frame(.priority, 3, [0, 0, 0, 3, 0])], .connectionEnded(1)),
        ([frame(.priority, 3, [128, 0, 0, 3, 0])], .connectionEnded(1)),
        ([frame(.priority, 3, [0, 0, 0, 1, 0]), request], .open),
        ([request, reset, frame(.priority, 1, [0, 0, 0, 3, 0])], .open),
    ])
    func `frames of streams that are gone are errors, however they are cut`(
        frames: [[UInt8]], expected: End
    ) {
        for size in 1...64 {
            #expect(end(of: frames, inPiecesOf: size) == expected, "in pieces of \(size)")
        }
    }

    @Test func `frames that follow a refusal on their way are none`() {
        let oversized = Self.frame(.headers, flags: 4, 1, Self.head + [0x00, 1, 0x41, 1, 0x62])
        let frames = [oversized, Self.frame(.data, flags: 1, 1, [1]), Self.request]
        for size in 1...64 {
            #expect(end(of: frames, inPiecesOf: size) == .streamReset(1), "in pieces of \(size)")
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1", true), ("GET / http/1.1\r\n", true), ("GET /\r\nHTTP/1.1", false),
        ("INVALID CONNECTION PREFACE\r\n\r\n", false), ("", false), ("HTTP", false),
        ("\u{16}\u{3}\u{1}", false),
    ])
    func `a first line says whether it means HTTP`(line: String, expected: Bool) {
        #expect(Array(line.utf8).withUnsafeBytes { StartLine.claimsHTTP($0) } == expected)
    }
}
