internal import HTTP

/// Content of messages: a letter for the framing, then bytes. Cut in two anywhere, or into single
/// bytes, the content and the verdict are the same; sent in our own chunks it is the same again.
enum BodyTarget {
    static let target = FuzzTarget("body", bytesMax: 512) { bytes throws(Finding) in
        guard let letter = bytes.first else { return }
        let bytes = Array(bytes.dropFirst())
        let framing = framing(letter)
        let whole = Outcome([bytes], framing)
        for cut in bytes.indices {
            let parts = Outcome([Array(bytes[..<cut]), Array(bytes[cut...])], framing)
            try Finding.unless(parts == whole, "cut at \(cut): \(parts), not \(whole)")
        }
        let single = Outcome(bytes.map { [$0] }, framing)
        try Finding.unless(single == whole, "byte by byte: \(single), not \(whole)")
        guard whole.end == .ended, !whole.content.isEmpty else { return }
        let encoded = Outcome([chunked(whole.content)], .chunked)
        try Finding.unless(
            encoded.content == whole.content && encoded.end == .ended,
            "our own chunks are read as \(encoded)")
    }

    private static func framing(_ letter: UInt8) -> BodyFraming {
        switch letter {
        case UInt8(ascii: "u"): .untilClose
        case UInt8(ascii: "0")...UInt8(ascii: "9"): .contentLength(UInt64(letter - 0x30))
        default: .chunked
        }
    }

    /// What came out. Before an error that may be less of the content or more: nobody is to use
    /// it (RFC 9112 §8).
    private struct Outcome: Equatable {
        static func == (left: Outcome, right: Outcome) -> Bool {
            guard left.end == right.end else { return false }
            if case .failed = left.end { return true }
            return left.content == right.content && left.trailers == right.trailers
        }

        enum End: Equatable {
            case ended, unfinished
            case failed(BodyError)
        }

        private(set) var content: [UInt8] = []
        private(set) var trailers: [UInt8] = []
        private(set) var end = End.unfinished

        /// Feeds the pieces one after the other, as they would come from a socket.
        init(_ pieces: [[UInt8]], _ framing: BodyFraming) {
            let limits = BodyLimits(contentBytesMax: 256, extensionBytesMax: 32)
            guard var decoder = try? BodyDecoder(framing, limits: limits) else { return }
            var pending: [UInt8] = []
            for piece in pieces.isEmpty ? [[]] : pieces {
                pending += piece
                do throws(BodyError) {
                    let position = try feed(&decoder, pending)
                    pending.removeFirst(position)
                } catch {
                    end = .failed(error)
                    return
                }
                if end == .ended { return }
            }
        }

        private mutating func feed(
            _ decoder: inout BodyDecoder, _ bytes: [UInt8]
        ) throws(BodyError) -> Int {
            try bytes.withUnsafeBufferPointer { buffer throws(BodyError) in
                let raw = UnsafeRawBufferPointer(buffer)
                var position = 0
                while true {
                    switch try decoder.next(raw, at: &position) {
                    case .content(let range): content += Array(range.slice(of: raw))
                    case .trailers(let range): trailers += Array(range.slice(of: raw))
                    case .needMore: return position
                    case .end:
                        end = .ended
                        return position
                    }
                }
            }
        }
    }

    private static func chunked(_ content: [UInt8]) -> [UInt8] {
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: ChunkedEncoding.headerBytesMax, alignment: 8)
        defer { memory.deallocate() }
        let count = ChunkedEncoding.writeHeader(of: content.count, to: memory)
        return Array(memory[..<count]) + content + Array("\r\n0\r\n\r\n".utf8)
    }
}
