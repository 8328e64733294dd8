import HTTP
import Testing

struct BodyDecoderTests {
    struct Body: Equatable {
        var content = ""
        var trailers = ""
        /// Bytes taken; what follows is the next message.
        var length = 0
        var error: BodyError?
        var isAtEnd = false
    }

    /// Reads `text` in two pieces, as a connection with one buffer would.
    private func read(
        _ text: String, _ framing: BodyFraming, cut: Int? = nil,
        limits: BodyLimits = BodyLimits()
    ) -> Body {
        let bytes = text.latin1
        var body = Body()
        do {
            var decoder = try BodyDecoder(framing, limits: limits)
            for end in [cut ?? bytes.count, bytes.count] {
                try bytes[..<end].withUnsafeBytes { try take($0, &decoder, &body) }
            }
        } catch {
            body.error = error as? BodyError
        }
        return body
    }

    private func take(
        _ bytes: UnsafeRawBufferPointer, _ decoder: inout BodyDecoder, _ body: inout Body
    ) throws(BodyError) {
        while true {
            switch try decoder.next(bytes, at: &body.length) {
            case .content(let range): body.content += range.slice(of: bytes).text
            case .trailers(let range): body.trailers = range.slice(of: bytes).text
            case .needMore: return
            case .end:
                body.isAtEnd = true
                return
            }
        }
    }

    static let whole: [(String, BodyFraming, String, String)] = [
        ("", .none, "", ""),
        ("abc", .contentLength(3), "abc", ""),
        ("", .contentLength(0), "", ""),
        ("0\r\n\r\n", .chunked, "", ""),
        ("3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n", .chunked, "abc0123456789", ""),
        ("3;a;b=c ; d = \"e\\\"\"\r\nabc\r\n000;x\r\n\r\n", .chunked, "abc", ""),
        ("2\r\n\r\n\r\n0\r\nX-T: v\r\nB:\r\n\r\n", .chunked, "\r\n", "X-T: v\r\nB:\r\n\r\n"),
        ("0000000000000003\r\nabc\r\n0\r\n\r\n", .chunked, "abc", ""),
    ]

    @Test(arguments: whole)
    func `a body is one body at every cut`(
        text: String, framing: BodyFraming, content: String, trailers: String
    ) {
        let length = text.utf8.count
        let expected = Body(content: content, trailers: trailers, length: length, isAtEnd: true)
        for cut in 0...length {
            #expect(read(text + "GET", framing, cut: cut) == expected, "cut \(cut)")
        }
    }

    @Test(arguments: [
        ("x", BodyError.chunkSizeMalformed), ("\r\n", .chunkSizeMalformed),
        ("-1\r\n", .chunkSizeMalformed), ("0x1\r\n", .chunkSizeMalformed),
        ("1 \r\na\r\n", .chunkSizeMalformed), ("1 1\r\n", .chunkSizeMalformed),
        ("1\n", .bareLineFeed), ("1;a\n", .bareLineFeed), ("\n", .bareLineFeed),
        ("1\ra", .bareCarriageReturn), ("1;a\rb", .bareCarriageReturn),
        ("1;\r\n", .chunkExtensionMalformed), ("1;=b\r\n", .chunkExtensionMalformed),
        ("1;a=\r\n", .chunkExtensionMalformed), ("1;a=\"b\r\n", .chunkExtensionMalformed),
        ("1;a b\r\n", .chunkExtensionMalformed), ("1;a \r\n", .chunkExtensionMalformed),
        ("1;a=\"\\\u{1}\"\r\n", .chunkExtensionMalformed),
        ("8000000000000000\r\n", .chunkTooLarge), ("00000000000000000\r\n", .chunkTooLarge),
        ("1\r\nab\r\n", .chunkDataUnterminated), ("1\r\na\n", .chunkDataUnterminated),
        ("1\r\na\r\r", .chunkDataUnterminated),
        ("0\r\nA : b\r\n\r\n", .trailerMalformed(.spaceBeforeColon)),
        ("0\r\n A: b\r\n\r\n", .trailerMalformed(.fieldNameMalformed)),
        ("0\r\nA: b\r\n c\r\n\r\n", .trailerMalformed(.lineFolded)),
        ("0\r\nA: \u{0}\r\n\r\n", .trailerMalformed(.fieldValueMalformed)),
        ("0\r\n\n", .trailerMalformed(.bareLineFeed)),
        ("0\r\n\r\r\n", .trailerMalformed(.bareCarriageReturn)),
    ])
    func `bad chunks are refused at every cut`(text: String, error: BodyError) {
        for cut in 0...text.unicodeScalars.count {
            #expect(read(text, .chunked, cut: cut).error == error, "cut \(cut)")
        }
    }

    @Test func `limits hold at their value and not past it`() {
        let limits = BodyLimits(
            contentBytesMax: 4, extensionBytesMax: 4, trailerBytesMax: 12)
        func error(_ text: String, _ framing: BodyFraming = .chunked) -> BodyError? {
            read(text, framing, limits: limits).error
        }
        #expect(error("abcd", .contentLength(4)) == nil)
        #expect(error("", .contentLength(5)) == .contentTooLarge)
        #expect(error("2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n") == nil)
        #expect(error("2\r\nab\r\n3\r\n") == .contentTooLarge)
        #expect(error("abcd", .untilClose) == nil)
        #expect(error("abcde", .untilClose) == .contentTooLarge)
        #expect(error("1;a=\r\n") == .chunkExtensionMalformed)
        #expect(error("1;a\r\nb\r\n0;\"") == .chunkExtensionMalformed)
        #expect(error("1;ab\r\nb\r\n0;a\r\n") == .chunkExtensionsTooLong)
        #expect(error("0\r\nA: 45678\r\n\r\n") == nil)
        #expect(error("0\r\nA: 456789012\r\n\r\n") == .trailersTooLong)
        #expect(error("0\r\nA: 4567890123") == .trailersTooLong)
    }

    @Test func `only the end of a connection ends what has no length`() throws {
        var untilClose = try BodyDecoder(.untilClose)
        try untilClose.endOfInput()
        #expect(untilClose.isAtEnd)
        for framing in [BodyFraming.contentLength(1), .chunked] {
            var decoder = try BodyDecoder(framing)
            #expect(throws: BodyError.truncated) { try decoder.endOfInput() }
        }
        var complete = try BodyDecoder(.none)
        try complete.endOfInput()
    }

    @Test func `content may be passed on unseen`() throws {
        var decoder = try BodyDecoder(.chunked)
        var position = 0
        let line = "a\r\n".latin1
        let event = try line.withUnsafeBytes { try decoder.next($0, at: &position) }
        #expect(event == .needMore)
        #expect(decoder.contiguousBytes == 10)
        decoder.passed(10)
        #expect(decoder.contiguousBytes == 0)
        #expect(decoder.contentBytesSoFar == 10)
        position = 0
        let end = try "\r\n0\r\n\r\n".latin1.withUnsafeBytes {
            try decoder.next($0, at: &position)
        }
        #expect(end == .end)
    }

    @Test(arguments: [(1, "1\r\n"), (15, "f\r\n"), (16, "10\r\n"), (65_536, "10000\r\n")])
    func `a chunk header is its size in short`(count: Int, text: String) {
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: ChunkedEncoding.headerBytesMax, alignment: 1)
        defer { memory.deallocate() }
        let length = ChunkedEncoding.writeHeader(of: count, to: memory)
        #expect(UnsafeRawBufferPointer(memory).prefix(length).map { $0 }.text == text)
    }

    @Test func `the largest chunk header fits`() {
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: ChunkedEncoding.headerBytesMax, alignment: 1)
        defer { memory.deallocate() }
        #expect(ChunkedEncoding.writeHeader(of: .max, to: memory) == 18)
    }
}
