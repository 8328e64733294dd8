import Testing

@testable import Bytes

struct InflaterTests {
    private let text = Array(String(repeating: "data: {\"a\": 1}\n\n", count: 50).utf8)

    /// Everything that comes out of `pieces`, with room for so many bytes at a time.
    private func inflate(
        _ pieces: [ArraySlice<UInt8>], room: Int = 64, _ limits: Inflater.Limits = .init(),
        _ format: Inflater.Format = .gzip
    ) throws -> [UInt8] {
        var inflater = try Inflater(format, limits: limits)
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: room)
        for piece in pieces {
            var rest = piece
            while true {
                let progress = try buffer.withUnsafeMutableBytes { place in
                    try rest.withUnsafeBytes { try inflater.inflate($0, into: place) }
                }
                rest = rest.dropFirst(progress.consumed)
                output += buffer[..<progress.produced]
                if rest.isEmpty, progress.produced < room { break }
            }
        }
        let isComplete = inflater.isComplete
        #expect(isComplete)
        return output
    }

    @Test(arguments: [1, 7, 64, 100_000])
    func `what is compressed comes back however it is cut`(room: Int) throws {
        let whole = try GzipWriter.compress(text)
        for cut in 0...whole.count {
            #expect(try inflate([whole[..<cut], whole[cut...]], room: room) == text)
        }
        #expect(try inflate(whole.indices.map { whole[$0...$0] }, room: room) == text)
        #expect(try inflate([whole[...], whole[...]], room: room) == text + text)
        #expect(try inflate([]) == [])
    }

    @Test func `blocks without a header are deflate as well, and nothing may follow them`() throws {
        let whole = try GzipWriter.compress(text)
        let raw = whole[10..<(whole.count - 8)]
        #expect(try inflate([raw], .init(), .deflate) == text)
        #expect(throws: GzipError.corrupt("data behind the end")) {
            try inflate([raw, [0]], .init(), .deflate)
        }
    }

    @Test func `what expands too far is refused`() throws {
        let whole = try GzipWriter.compress([UInt8](repeating: 0, count: 100_000))
        let small = Inflater.Limits(bytesMax: 99_999)
        #expect(throws: GzipError.tooLarge(limit: 99_999)) { try inflate([whole[...]], small) }
        let narrow = Inflater.Limits(ratioMax: 10, ratioFreeBytes: 10_000)
        #expect(throws: GzipError.ratioExceeded(limit: 10)) { try inflate([whole[...]], narrow) }
    }

    @Test func `another stream begins as if it were the first`() throws {
        var inflater = try Inflater(.gzip)
        let whole = try GzipWriter.compress(text)
        var output = [UInt8](repeating: 0, count: 4096)
        for count in [whole.count / 2, whole.count] {
            let progress = try output.withUnsafeMutableBytes { place in
                try whole[..<count].withUnsafeBytes { try inflater.inflate($0, into: place) }
            }
            let isComplete = inflater.isComplete
            #expect(isComplete == (count == whole.count))
            if isComplete { #expect(Array(output[..<progress.produced]) == text) }
            inflater.restart(.gzip, limits: .init())
        }
    }
}
